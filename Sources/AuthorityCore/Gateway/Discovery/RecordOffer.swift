import ApprovalPolicy
import ApprovalWorkflow
import AuthorityPorts
import CanonicalEncoding
import DomainModel
import Logging
import TransparencyLog

/// Writes down what a server offers: tools register themselves, follow their definitions and end with them. One log entry for
/// each that changed; what was approved for an earlier definition is stale from here on.
struct RecordOffer: Sendable {
    let authority: Authority
    let registration: UpstreamRegistration

    private var server: UpstreamServer { registration.server }
    private var by: Text { "upstream:\(server.name)" }

    /// How many tools changed; nil: the server is registered otherwise by now, and nothing was written.
    func run(_ offer: ServerOffer) async throws(AuthorityError) -> Int? {
        let readings = Self.readings(offer, of: server)
        let changed = try await authority.write("record offer") { transaction -> Int? in
            guard try transaction.upstream(server.name) == registration else { return nil }
            return try record(readings, in: transaction)
        }
        if changed ?? 0 > 0 { try await warnOfPolicy() }
        return changed
    }

    static func readings(_ offer: ServerOffer, of server: UpstreamServer) -> [ToolReading] {
        var readings: [Text: ToolReading] = [:]
        for tool in offer.tools {
            let reading = ToolReading(tool, of: server)
            readings[reading.name] = readings[reading.name] == nil ? reading : reading.ambiguous()
        }
        for method in offer.methods { readings[method.name] = ToolReading(method, of: server) }
        return readings.values.sorted { $0.name < $1.name }
    }

    private func record(_ readings: [ToolReading], in transaction: any StoreTransaction) throws -> Int {
        let now = authority.now
        let known = Dictionary(try transaction.discoveredTools(of: server.name).map { ($0.name, $0) }) { $1 }
        var changed = 0
        for reading in readings where try record(reading, after: known[reading.name], at: now, in: transaction) {
            changed += 1
        }
        let offered = Set(readings.map(\.name))
        for tool in known.values.sorted(by: { $0.name < $1.name })
        where !offered.contains(tool.name) && tool.state != .gone && tool.state != .withdrawn {
            try transaction.record(
                DiscoveredTool(server: server.name, name: tool.name, state: .gone, seenAt: now))
            try disable(tool.name, "its server names it no more", at: now, in: transaction)
            changed += 1
        }
        return changed
    }

    private func record(
        _ reading: ToolReading, after known: DiscoveredTool?, at now: Timestamp, in transaction: any StoreTransaction
    ) throws -> Bool {
        var seen = DiscoveredTool(
            server: server.name, name: reading.name, state: .offered, digest: reading.digest,
            definition: reading.definition, seenAt: now)
        switch reading.verdict {
        case .unusable(let problem):
            seen.state = .unusable
            seen.problem = problem
        case .usable: break
        }
        // People disabled it: what it is now is kept, and it stays so.
        if known?.state == .withdrawn { seen.state = .withdrawn }
        let isNew = known.map { !$0.says(seen) } ?? true
        if isNew { try transaction.record(seen) }
        guard case .usable(let tool) = reading.verdict, seen.state == .offered else {
            try disable(reading.name, seen.problem, at: now, in: transaction)
            return isNew
        }
        let before = try transaction.tool(server: server.name, name: reading.name)
        guard before?.isRegisteredLike(tool.registered) != true else { return isNew }
        try transaction.save(tool.registered)
        var body: JSONObject = ["by": .string(by), "tool": tool.registered.json]
        if let old = before?.reference.definition, old != tool.reference.definition { body["replaces"] = "\(old.wire)" }
        try append("tool.registered", tool.reference, body, at: now, in: transaction)
        if before != nil { try endOpenRequests(reading.name, except: tool.reference, at: now, in: transaction) }
        return true
    }

    private func disable(
        _ name: Text, _ reason: Text?, at now: Timestamp, in transaction: any StoreTransaction
    ) throws {
        guard var tool = try transaction.tool(server: server.name, name: name), tool.isEnabled else { return }
        tool.isEnabled = false
        try transaction.save(tool)
        var body: JSONObject = ["by": .string(by)]
        if let reason { body["reason"] = .string(reason) }
        try append("tool.disabled", tool.reference, body, at: now, in: transaction)
        try endOpenRequests(name, except: nil, at: now, in: transaction)
    }

    /// What was asked of a tool that is another one now, or none, can never run: it ends here and not only when somebody comes
    /// for it, because the next call is another action and comes for another request.
    private func endOpenRequests(
        _ name: Text, except tool: ToolReference?, at now: Timestamp, in transaction: any StoreTransaction
    ) throws {
        let open = RequestFilter(statuses: [.pending, .approved, .granted], limit: 100_000)
        for request in try transaction.requests(open) {
            let asked = request.submission.action.tool
            guard asked.server == server.name, asked.name == name, asked != tool else { continue }
            try transaction.advance(
                request, by: .becameStale(.toolChanged), at: now, epoch: authority.store.epoch)
        }
    }

    private func append(
        _ kind: Text, _ tool: ToolReference, _ body: JSONObject, at now: Timestamp, in transaction: any StoreTransaction
    ) throws {
        try transaction.append(
            LogEntry(
                kind: kind, subject: "tool:\(tool.qualifiedName)", at: now, epoch: authority.store.epoch, body: body))
    }

    /// The set in force stays: what does not fit denies where it forbids and permits nothing. But somebody has to know.
    private func warnOfPolicy() async throws(AuthorityError) {
        let problems = try await authority.read { reader in
            guard let version = try reader.policyInForce() else { return [String]() }
            return PolicyCheck(version.source, against: try reader.policyRegistry()).problems.map(\.description)
        }
        guard let first = problems.first else { return }
        authority.logger.warning(
            "the policy set in force could not be loaded with the tools as their server publishes them now",
            metadata: ["server": "\(server.name)", "problems": "\(problems.count)", "first": "\(first)"])
    }
}
