import AuthorityPorts
import DomainModel

/// Whether enough administrators agree to a change: counted from the state of the very transaction that would apply it, so
/// that of two confirmations which cross each other the later one sees what the earlier one did.
struct Concurrence {
    /// Who could confirm a change now.
    let administrators: Set<PersonID>
    /// Those among them who approved this one: people, however many passkeys they used. An approval of somebody who is no
    /// administrator any more does not count.
    let agreeing: Set<PersonID>
    let needed: Int

    init(on proposal: ChangeProposal, reader: any StoreReader) throws {
        administrators = Set(try reader.activeAdministrators())
        agreeing = Set(proposal.confirmations.filter { $0.decision == .approve }.map(\.person))
            .intersection(administrators)
        let isGrave =
            switch proposal.change.confirmationRule {
            case .one: false
            case .two: true
            case .twoIfItReplaces: try Self.replaces(proposal.change, reader: reader)
            case .twoIfItEndsAnAdministrator:
                try Self.endsOne(of: administrators, proposal.change, reader: reader)
            }
        needed = isGrave && administrators.count >= 2 ? 2 : 1
    }

    var isReached: Bool { agreeing.count >= needed }

    /// Whether something is registered under that name already.
    private static func replaces(_ change: Change, reader: any StoreReader) throws -> Bool {
        switch change {
        case .registerTool(let tool):
            try reader.tool(server: tool.reference.server, name: tool.reference.name) != nil
        case .registerProvider(let provider): try reader.factProvider(provider.name) != nil
        case .registerUpstream(let server): try reader.upstream(server.name) != nil
        default: false
        }
    }

    /// Whether somebody would have no passkey left with which to confirm anything.
    private static func endsOne(
        of administrators: Set<PersonID>, _ change: Change, reader: any StoreReader
    ) throws -> Bool {
        guard case .disablePasskey(let id) = change, let passkey = try reader.passkey(credentialID: id),
            administrators.contains(passkey.person)
        else { return false }
        return try !reader.passkeys(of: passkey.person).contains { $0.disabledAt == nil && $0.credentialID != id }
    }
}
