package import AuthorityPorts
import CanonicalEncoding
import DomainModel
import WireProtocol

/// Gates calls to tool servers and forwards those that may run. It decides nothing itself: policy, people and the record do, and
/// everything that it needs after a restart is in the store.
package final class ToolGateway: GatewayUseCases {
    let authority: Authority
    let connections: any UpstreamConnections
    let memory = GatewayMemory()
    let lane = CallLane()

    package init(_ authority: Authority, connections: any UpstreamConnections) {
        self.authority = authority
        self.connections = connections
    }

    /// Takes up what an earlier process left, and then runs calls until it is closed.
    package func run() async {
        await takeUp()
        await lane.run()
    }

    /// Takes no more calls; `run` returns when the last one is recorded. Those who wait are woken by the watch's `drain`.
    package func close() { lane.close() }

    /// Checks the arguments, gates the call, and then forwards it, waits, or says why not.
    package func perform(
        _ call: GatewayCall, for caller: AuthenticatedAgent, patience: CallPatience
    ) async throws(AuthorityError) -> CallAnswer {
        let target = try CallTarget(call)
        // A definition that changes under the call is looked at again; one that never stands still is no tool.
        for _ in 0..<4 {
            guard let tool = try await memory.tool(server: target.server, name: target.tool, authority) else {
                throw .notFound("no tool \(target.server)/\(target.tool) that could be called")
            }
            if let refusal = tool.refusal(of: target.arguments) { return .refused(refusal) }
            var gate = CallGate(
                authority: authority, caller: caller, target: target, tool: tool,
                patience: patience, isReachable: await isReachable(tool.server))
            var outcome = try await pass(gate)
            if case .needsPreview = outcome {
                gate.facts = try await facts(of: tool, target.arguments)
                outcome = try await pass(gate)
            }
            switch outcome {
            case .toolChanged, .needsPreview: continue
            case .refused(let refusal): return .refused(refusal)
            case .held(let waiting):
                return try await hold(waiting, patience, forPeopleAtMost: tool.server.limits.holdSeconds)
            case .claimed(let claimed): return try await forward(claimed, to: tool.server, patience)
            }
        }
        throw AuthorityError(
            .storeUnavailable, "The tool's definition changes while it is called; nothing was done.",
            hint: "Try again shortly.", retryAfterSeconds: 5)
    }

    private func pass(_ gate: CallGate) async throws(AuthorityError) -> CallGate.Outcome {
        authority.probe.reached(.callBeforeTransaction)
        let outcome = try await authority.write("gate call") { try gate.pass($0) }
        authority.probe.reached(.callAfterCommit)
        return outcome
    }

    /// What policy allowed at once.
    private func forward(
        _ claimed: GrantClaim.Claimed, to server: UpstreamServer, _ patience: CallPatience
    ) async throws(AuthorityError) -> CallAnswer {
        let run = run(claimed, on: server, isHeld: patience.isAnsweredByHandle)
        if patience.isAnsweredByHandle {
            guard lane.submit({ _ = await run.run() }) else { return await run.giveUp() }
            return .waiting(WaitingCall(claimed.request))
        }
        let onProgress = patience.onProgress
        guard let answer = await lane.result(of: { await run.run(onProgress: onProgress) }) else {
            return await run.giveUp()
        }
        return answer
    }

    func run(_ claimed: GrantClaim.Claimed, on server: UpstreamServer, isHeld: Bool) -> CallRun {
        CallRun(
            authority: authority, upstream: connections.upstream(server), server: server, claimed: claimed,
            isHeld: isHeld)
    }

    /// Whether a call could be sent now. Whoever is not connected is greeted first: a ping touches nothing.
    func isReachable(_ server: UpstreamServer) async -> Bool {
        let upstream = connections.upstream(server)
        if upstream.greeting != nil { return true }
        _ = try? await upstream.ask(UpstreamCall(method: "ping", timeout: .seconds(10)))
        return upstream.greeting != nil
    }
}
