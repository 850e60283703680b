import APIClient
import ArgumentParser
import CanonicalEncoding
import DomainModel
import WireProtocol

/// Where the server on this host keeps its data: its socket there takes proposals.
struct OperatorOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The server's data directory. [COUNTERSIGN_DATA_DIRECTORY]", valueName: "directory"))
    var data: String?

    @Flag(help: "Print results as JSON, one document a line.")
    var json = false

    func client(_ surroundings: ProcessSurroundings = .current) -> OperatorClient {
        OperatorClient(dataDirectory: data ?? Self.defaultDirectory(surroundings))
    }

    /// One list of the inventory.
    func items(_ member: Text) async throws(CommandFailure) -> [JSONValue] {
        do throws(ClientError) { return try await client().inventory()[member]?.arrayValue ?? [] } catch {
            throw CommandFailure(operatorCall: error)
        }
    }

    /// As `countersign serve` chooses it.
    private static func defaultDirectory(_ surroundings: ProcessSurroundings) -> String {
        if let directory = surroundings["COUNTERSIGN_DATA_DIRECTORY"] { return directory.string }
        if let state = surroundings["XDG_STATE_HOME"] { return "\(state)/countersign" }
        if let home = surroundings["HOME"] { return "\(home)/.local/state/countersign" }
        return "countersign-data"
    }
}

/// What proposing verbs take beside their own: nothing is applied until an administrator confirms it.
struct ProposalOptions: ParsableArguments {
    @OptionGroup var site: OperatorOptions

    @Flag(help: "Wait until administrators have decided.")
    var wait = false

    /// Proposes a change, says where it is confirmed, and waits where that was asked.
    func propose(_ change: Change, whenTaken: () -> Void = {}) async throws {
        let client = site.client()
        do throws(ClientError) {
            var proposal = try await client.propose(change)
            whenTaken()
            if !site.json || wait {
                Terminal.note("Proposed. An administrator confirms it with a passkey at:")
                Terminal.note("  \(Shown.text(proposal.url))")
            }
            if wait { proposal = try await settled(proposal, client) }
            report(proposal)
            try check(proposal)
        } catch { throw CommandFailure(operatorCall: error) }
    }

    private func settled(_ first: ProposalView, _ client: OperatorClient) async throws(ClientError) -> ProposalView {
        var proposal = first
        let progress = ProgressLine.standardError
        defer { progress.finish() }
        while proposal.status == .proposed {
            progress.show("waiting for administrators: \(proposal.confirmations) confirmed · \(proposal.id)")
            do { try await Task.sleep(for: .seconds(1)) } catch { throw .unreachable("The wait was ended.") }
            proposal = try await client.change(proposal.id)
        }
        return proposal
    }

    private func report(_ proposal: ProposalView) {
        if site.json {
            Terminal.result(proposal.json)
        } else {
            Terminal.result("\(proposal.id) \(proposal.status?.rawValue ?? "unknown")")
        }
    }

    private func check(_ proposal: ProposalView) throws(ClientError) {
        switch proposal.status {
        case .rejected:
            throw .problem(.init(code: .policyDenied, detail: "An administrator rejected the change."))
        case .expired: throw .problem(.init(code: .challengeExpired, detail: "Nobody confirmed the change in time."))
        case .proposed, .applied, nil: return
        }
    }
}
