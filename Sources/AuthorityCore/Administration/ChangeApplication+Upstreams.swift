import AuthorityPorts
import CanonicalEncoding
import DomainModel
import WireProtocol

/// Tool servers behind the gateway.
extension ChangeApplication {
    func register(_ server: UpstreamServer, in transaction: any StoreTransaction) throws {
        // Another program or address may offer other tools under the same names: none stands until it is discovered again.
        try endTools(of: server.name, in: transaction)
        try transaction.save(UpstreamRegistration(server: server, registeredAt: now, registeredBy: by))
        try log("upstream.registered", "upstream:\(server.name)", ["upstream": server.json], in: transaction)
    }

    func removeUpstream(_ name: Text, in transaction: any StoreTransaction) throws {
        try endTools(of: name, in: transaction)
        try transaction.removeUpstream(name)
        try log("upstream.removed", "upstream:\(name)", in: transaction)
    }

    private func endTools(of server: Text, in transaction: any StoreTransaction) throws {
        for known in try transaction.discoveredTools(of: server) where known.state != .gone {
            try transaction.record(DiscoveredTool(server: server, name: known.name, state: .gone, seenAt: now))
            guard var tool = try transaction.tool(server: server, name: known.name), tool.isEnabled else { continue }
            tool.isEnabled = false
            try transaction.save(tool)
            try log("tool.disabled", "tool:\(tool.reference.qualifiedName)", in: transaction)
        }
    }

    /// Discovery would offer it again otherwise.
    func withdraw(_ tool: RegisteredTool, in transaction: any StoreTransaction) throws {
        let reference = tool.reference
        let known = try transaction.discoveries(server: reference.server, name: reference.name, limit: 1).first
        try transaction.record(
            DiscoveredTool(
                server: reference.server, name: reference.name, state: .withdrawn, digest: known?.digest,
                definition: known?.definition, seenAt: now))
    }

    func check(_ server: UpstreamServer, reader: any StoreReader) throws {
        try checkIsNotConfigured(try reader.upstream(server.name))
        try checkIsNoOthersName(server.name, reader: reader)
    }

    /// Tools that are executed elsewhere may name a server as well.
    func checkIsNoOthersName(_ server: Text, reader: any StoreReader) throws {
        let isTaken = try reader.tools().contains { $0.reference.server == server && $0.kind != .mcp }
        guard !isTaken else {
            throw AuthorityError(
                .nameTaken, "There are registered tools of a server `\(server)` already.",
                hint: "Their requests and policies are theirs: give this server another name.")
        }
    }

    func checkRemovable(_ name: Text, reader: any StoreReader) throws {
        let registration = try reader.upstream(name)
        try check(known: registration != nil, name)
        try checkIsNotConfigured(registration)
    }

    func checkHasNoUpstream(_ tool: RegisteredTool, reader: any StoreReader) throws {
        guard try reader.upstream(tool.reference.server) == nil else {
            throw AuthorityError(
                .nameTaken, "`\(tool.reference.server)` is a server behind the gateway: its tools register themselves.",
                hint: "Give the tool another server name.")
        }
    }

    private func checkIsNotConfigured(_ registration: UpstreamRegistration?) throws(AuthorityError) {
        guard registration?.isFromConfiguration != true else {
            throw AuthorityError(
                .nameTaken, "This server comes from the configuration.",
                hint: "Change it in the file of servers, and start Countersign again.")
        }
    }
}
