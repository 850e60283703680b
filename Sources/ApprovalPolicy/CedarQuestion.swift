import CanonicalEncoding
import CedarLanguage
import DomainModel

/// The facts in the words of the policy language.
struct CedarQuestion {
    /// Why facts cannot be said in the language.
    enum Unsayable: Error {
        case number(Text)
        case namespace
    }

    let request: CedarRequest
    let entities: CedarEntities

    init(
        _ facts: PolicyFacts, approval: ApprovalFacts?, in namespace: Vocabulary, worlds: WorldMemory = WorldMemory()
    ) throws {
        let world = try worlds.world(QuestionWorld.Facts(facts), in: namespace)
        // In the order of their names, which saves sorting them.
        var context: [CedarRecord.Member] = []
        context.reserveCapacity(12)
        if let approval {
            let entity = Self.approval(approval, in: namespace)
            entities = try CedarEntities(world.list + [entity])
            context.append(Self.member("approval", .entity(entity.uid)))
        } else {
            entities = world.entities
        }
        context.append(Self.member("caller", .record(Self.caller(facts.caller))))
        context.append(Self.member("claimed", .record(try Self.record(facts.claimed))))
        if let command = facts.command { context.append(Self.member("command", .record(Self.command(command)))) }
        let bounds = Self.bounds(facts.bounds)
        context.append(Self.member("deadline", bounds.deadline))
        context.append(Self.member("environment", Self.string(facts.environment)))
        context.append(Self.member("expect", bounds.expect))
        context.append(Self.member("input", .record(try Self.record(facts.input))))
        context.append(Self.member("preconditions", bounds.preconditions))
        context.append(Self.member("system", .record(["now": Self.time(facts.now)])))
        context.append(Self.member("tool", .entity(world.tool)))
        if let window = bounds.window { context.append(Self.member("window", window)) }
        request = CedarRequest(
            principal: world.principal, action: world.action, resource: world.resource, context: CedarRecord(context))
    }

    // MARK: Entities

    static func principal(
        _ facts: PolicyFacts.Principal, in namespace: Vocabulary, adding list: inout [CedarEntity]
    ) -> EntityUID {
        let uid = namespace.uid(.agent, facts.id.text)
        let owner = namespace.uid(.human, facts.owner.text)
        var attributes = [member("owner", .entity(owner))]
        if let environment = facts.environment { attributes.append(member("environment", string(environment))) }
        let tags = facts.claims.map { member(CedarString($0.key), string($0.value)) }
        list.append(CedarEntity(uid: owner, parents: Set(facts.ownerGroups.map { namespace.uid(.group, $0.text) })))
        list.append(
            CedarEntity(
                uid: uid, attributes: CedarRecord(attributes),
                parents: Set(facts.groups.map { namespace.uid(.group, $0.text) }), tags: CedarRecord(tags)))
        return uid
    }

    static func tool(
        _ facts: PolicyFacts.Tool, in namespace: Vocabulary, adding list: inout [CedarEntity]
    ) -> EntityUID {
        let uid = namespace.uid(.tool, facts.reference.qualifiedName)
        let server = namespace.uid(.server, facts.reference.server)
        let attributes: CedarRecord = [
            "destructive": .bool(facts.traits.destructive), "readOnly": .bool(facts.traits.readOnly),
            "openWorld": .bool(facts.traits.openWorld),
        ]
        list.append(CedarEntity(uid: server))
        list.append(CedarEntity(uid: uid, attributes: attributes, parents: [server]))
        return uid
    }

    static func resource(
        _ facts: ResourceReference, in namespace: Vocabulary, adding list: inout [CedarEntity]
    ) -> EntityUID {
        let path = Text("\(facts.type)/\(facts.id)")
        let uid = namespace.uid(.resource, path)
        var parents: Set<EntityUID> = []
        // The path's own beginnings; sixteen levels, so that a long name cannot become a costly one.
        let bytes = Array(path.utf8)
        for end in bytes.indices.filter({ bytes[$0] == UInt8(ascii: "/") }).prefix(16) {
            if let prefix = Text(utf8: bytes[..<end]) { parents.insert(namespace.uid(.resource, prefix)) }
        }
        let attributes: CedarRecord = ["type": string(facts.type), "id": string(facts.id)]
        list.append(CedarEntity(uid: uid, attributes: attributes, parents: parents.subtracting([uid])))
        return uid
    }

    private static func approval(_ facts: ApprovalFacts, in namespace: Vocabulary) -> CedarEntity {
        let approvers = facts.approvers.map { CedarValue.entity(namespace.uid(.human, $0.text)) }
        let attributes: CedarRecord = [
            "approvers": .set(CedarSet(approvers)), "count": .long(facts.count), "assurance": .long(facts.assurance),
            "approvedAt": time(facts.approvedAt), "approvedUntil": time(facts.approvedUntil),
            "breakGlass": .bool(facts.breakGlass),
        ]
        let tags = facts.perGroup.map { member(CedarString($0.0.text), .long($0.1)) }
        return CedarEntity(uid: namespace.uid(.approval, "current"), attributes: attributes, tags: CedarRecord(tags))
    }

    // MARK: Context

    private static func caller(_ facts: PolicyFacts.Caller) -> CedarRecord {
        var members = [
            member("delegationDepth", .long(facts.delegationDepth)), member("proof", string(facts.proof)),
            member("shared", .bool(facts.shared)),
        ]
        if let task = facts.task { members.append(member("task", string(task))) }
        return CedarRecord(members)
    }

    private static func command(_ facts: PolicyFacts.Command) -> CedarRecord {
        let arguments = facts.arguments.enumerated().map { member(CedarString("\($0.offset)"), string($0.element)) }
        let line = facts.arguments.map(\.string).joined(separator: " ")
        return [
            "program": string(facts.arguments.first ?? ""), "executable": string(facts.executable),
            "line": .string(CedarString(line)),
            "count": .long(Int64(facts.arguments.count)), "argument": .record(CedarRecord(arguments)),
        ]
    }

    /// Nothing in an agent's words names an entity or an extension value: `__entity` is a member like any other.
    private static func value(_ json: JSONValue) throws(Unsayable) -> CedarValue? {
        switch json {
        case .null: return nil
        case .bool(let bool): return .bool(bool)
        case .integer(let integer): return .long(integer)
        case .double: throw .number("a number that is no integer")
        case .string(let text): return string(text)
        case .array(let elements):
            var values: [CedarValue] = []
            for element in elements {
                if let value = try value(element) { values.append(value) }
            }
            return .set(CedarSet(values))
        case .object(let object): return .record(try record(object))
        }
    }

    private static func record(_ object: JSONObject) throws(Unsayable) -> CedarRecord {
        var members: [CedarRecord.Member] = []
        for entry in object.members {
            if let value = try value(entry.value) { members.append(member(CedarString(entry.name), value)) }
        }
        return CedarRecord(members)
    }

    private static func member(_ name: CedarString, _ value: CedarValue) -> CedarRecord.Member {
        CedarRecord.Member(name: name, value: value)
    }

    private static func string(_ text: Text) -> CedarValue { .string(CedarString(text)) }

    private static func time(_ timestamp: Timestamp) -> CedarValue {
        .datetime(CedarDatetime(milliseconds: timestamp.milliseconds))
    }
}
