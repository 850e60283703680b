import AuthorityPorts
import CanonicalEncoding
import DomainModel

/// The rows of the inventory, in the order of the columns that the statements name.
extension SQLiteReader {
    static func agent(_ row: inout StoredRow) throws(StoreError) -> Agent {
        let id: AgentID = try row.name()
        let owner: PersonID = try row.name()
        let purpose = try row.text()
        let environment = try row.optionalText()
        let keys = try row.json { json throws(MemberError) in try list(json, AgentKey.init(json:)) }
        var agent = Agent(
            id: id, owner: owner, purpose: purpose, environment: environment, keys: keys, createdAt: try row.time(),
            endsAt: try row.time(), disabledAt: try row.optionalTime(), lastUsedAt: try row.optionalTime())
        agent.bearerAllowedAt = try row.optionalTime()
        return agent
    }

    static func person(_ row: inout StoredRow) throws(StoreError) -> Person {
        Person(
            id: try row.name(), name: try row.text(),
            roles: Set(try row.json { json throws(MemberError) in try list(json, role) }), createdAt: try row.time(),
            disabledAt: try row.optionalTime())
    }

    private static func role(_ json: JSONValue) throws(MemberError) -> Role {
        guard let role = json.stringValue.flatMap(Role.init(rawValue:)) else {
            throw MemberError(code: .invalidValue, path: "roles")
        }
        return role
    }

    static func list<Element>(
        _ json: JSONValue, _ parse: (JSONValue) throws(MemberError) -> Element
    ) throws(MemberError) -> [Element] {
        guard let items = json.arrayValue else { throw MemberError(code: .wrongType, path: "") }
        var list: [Element] = []
        for item in items { list.append(try parse(item)) }
        return list
    }

    static func passkey(_ row: inout StoredRow) throws(StoreError) -> Passkey {
        let credentialID = try row.bytes()
        let person: PersonID = try row.name()
        let publicKey = try row.bytes()
        guard let signCount = UInt32(exactly: try row.integer()) else {
            throw StoreError.damaged("a passkey's counter is out of range")
        }
        let backup = (eligible: try row.bool(), state: try row.bool())
        var passkey = Passkey(
            credentialID: credentialID, person: person, publicKey: publicKey, signCount: signCount, backup: backup,
            aaguid: try row.bytes(), createdAt: try row.time())
        passkey.disabledAt = try row.optionalTime()
        passkey.lastUsedAt = try row.optionalTime()
        return passkey
    }

    static func membership(_ row: inout StoredRow) throws(StoreError) -> Membership {
        Membership(group: try row.name(), member: try row.member(), addedAt: try row.time())
    }

    static func tool(_ row: inout StoredRow) throws(StoreError) -> RegisteredTool {
        var tool = try row.json(RegisteredTool.init(json:))
        tool.isEnabled = try row.bool()
        return tool
    }

    static func factProvider(_ row: inout StoredRow) throws(StoreError) -> FactProvider {
        FactProvider(name: try row.text(), kind: try row.word(), location: try row.text())
    }

    static func freeze(_ row: inout StoredRow) throws(StoreError) -> Freeze {
        guard let scope = Freeze.Scope(key: try row.text()) else {
            throw StoreError.damaged("a freeze has no scope")
        }
        return Freeze(scope: scope, by: try row.text(), reason: try row.text(), at: try row.time())
    }

    static func policy(_ row: inout StoredRow) throws(StoreError) -> PolicyVersion {
        PolicyVersion(
            digest: try row.digest(), source: try row.text(), loadedAt: try row.time(), loadedBy: try row.text(),
            scenarios: try row.optionalJSON { json throws(MemberError) in json })
    }

    static func change(_ row: inout StoredRow) throws(StoreError) -> ChangeProposal {
        let id: ChangeID = try row.id()
        let change = try row.json(Change.init(json:))
        let digest = try row.digest()
        let proposal = ChangeProposal(
            id: id, change: change, proposedBy: try row.text(), createdAt: try row.time(), expiresAt: try row.time(),
            status: try row.word(),
            confirmations: try row.json { json throws(MemberError) in
                try list(json, ChangeProposal.Confirmation.init(json:))
            })
        guard proposal.digest == digest else { throw StoreError.damaged("the change \(id) does not have its digest") }
        return proposal
    }
}

extension StoredRow {
    mutating func member() throws(StoreError) -> Membership.Member {
        let key: StoredWord = try word()
        guard let member = Membership.Member(key: Text(key.rawValue)) else {
            throw StoreError.damaged("a membership has no member")
        }
        return member
    }
}

/// Any text of ours.
private struct StoredWord: RawRepresentable {
    let rawValue: String
}
