import CedarLanguage
import Testing

@Suite struct PolicyIndexTests {
    /// The same numbers in every run, so that what fails once fails again.
    struct Numbers {
        private var state: UInt64

        init(seed: Int) { state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 &+ 1 }

        mutating func below(_ limit: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((state >> 33) % UInt64(limit))
        }

        mutating func pick<Value>(_ values: [Value]) -> Value { values[below(values.count)] }
    }

    /// Every policy is asked by its scope and clauses, one after the other, without the index.
    static func scan(_ policies: CedarPolicySet, _ request: CedarRequest, _ entities: CedarEntities) -> [String] {
        policies.policies.compactMap { policy in
            guard policies.scope(of: policy, request, entities).isWhole else { return nil }
            for clause in policies.clauses(of: policy, request, entities) {
                guard let holds = clause.holds else { return "\(policy.id) errs" }
                if !holds { return nil }
            }
            return "\(policy.id) \(policy.effect.rawValue)s"
        }
    }

    static func words(_ answer: CedarAnswer, _ policies: CedarPolicySet) -> [String] {
        let found = Dictionary(
            answer.satisfiedPermits.map { ($0, "permits") } + answer.satisfiedForbids.map { ($0, "forbids") }
                + answer.failures.map { ($0.policy, "errs") }, uniquingKeysWith: { "\($0), \($1)" })
        return policies.policies.compactMap { policy in found[policy.id].map { "\(policy.id) \($0)" } }
    }

    private static let types = ["U", "G", "R"]

    private static func uid(_ numbers: inout Numbers, _ types: [String] = types) -> EntityUID {
        Ask.uid(numbers.pick(types), "\(numbers.below(4))")
    }

    private static func constraint(_ name: String, _ numbers: inout Numbers) -> String {
        let (first, second) = (uid(&numbers), uid(&numbers))
        return switch numbers.below(6) {
        case 0: "\(name) == \(first)"
        case 1: "\(name) in \(first)"
        case 2: "\(name) is \(first.type)"
        case 3: "\(name) is \(first.type) in \(second)"
        default: name
        }
    }

    private static func policy(_ numbers: inout Numbers) -> String {
        let actions = (0...numbers.below(3)).map { _ in "\(uid(&numbers, ["Action"]))" }.joined(separator: ", ")
        let action = numbers.pick([
            "action", "action == Action::\"1\"", "action in Action::\"2\"", "action in [\(actions)]",
        ])
        let clause = numbers.pick([
            "", "", "when { context.n < \(numbers.below(4)) }", "unless { context.n == 1 }", "when { principal.nope }",
        ])
        let scope = "\(constraint("principal", &numbers)), \(action), \(constraint("resource", &numbers))"
        return "\(numbers.pick(["permit", "permit", "forbid"]))(\(scope)) \(clause);\n"
    }

    /// Parents have smaller numbers of a kind, so that there are no cycles.
    private static func entities(_ numbers: inout Numbers) throws -> CedarEntities {
        var list: [CedarEntity] = []
        for (rank, type) in (types + ["Action"]).enumerated() {
            for id in 0..<4 {
                let above: [EntityUID] = (0..<numbers.below(3)).map { _ in
                    let isOwn = type == "Action" || numbers.below(2) == 0
                    let parent = isOwn ? type : types[numbers.below(rank + 1)]
                    return Ask.uid(parent, "\(parent == type ? numbers.below(max(1, id)) : numbers.below(4))")
                }
                let own = Ask.uid(type, "\(id)")
                list.append(
                    CedarEntity(
                        uid: own, parents: Set(above.filter { $0 != own && !(($0.type == own.type) && id == 0) })))
            }
        }
        return try CedarEntities(list)
    }

    @Test(arguments: 0..<40)
    func `the index finds what asking every policy finds`(seed: Int) throws {
        var numbers = Numbers(seed: seed)
        let count = numbers.pick([3, 20, 60])
        let text = (0..<count).map { _ in Self.policy(&numbers) }.joined()
        var policies = try CedarPolicySet(parsing: text + "permit(principal in ?principal, action, resource);")
        try policies.link(
            template: policies.templates[0].id, as: "linked", [.principal: Self.uid(&numbers)])
        let entities = try Self.entities(&numbers)
        for _ in 0..<50 {
            let request = CedarRequest(
                principal: Self.uid(&numbers), action: Self.uid(&numbers, ["Action"]), resource: Self.uid(&numbers),
                context: ["n": .long(Int64(numbers.below(4)))])
            let answer = policies.answer(request, entities)
            #expect(Self.words(answer, policies) == Self.scan(policies, request, entities))
            let order = Dictionary(uniqueKeysWithValues: policies.policies.enumerated().map { ($1.id, $0) })
            for ids in [answer.satisfiedPermits, answer.satisfiedForbids, answer.failures.map(\.policy)] {
                let places = ids.compactMap { order[$0] }
                #expect(places == Array(Set(places)).sorted())
            }
        }
    }

    @Test func `a hierarchy larger than what scopes name is asked the other way round`() throws {
        let groups = (0..<100).map { Ask.uid("G", "g\($0)") }
        let entities = try CedarEntities(
            groups.enumerated().map { CedarEntity(uid: $1, parents: $0 == 0 ? [] : [groups[$0 - 1]]) })
        let policies = try CedarPolicySet(
            parsing: """
                permit(principal in G::"g0", action, resource); permit(principal == G::"g50", action, resource);
                permit(principal in G::"g99", action, resource); permit(principal in G::"x", action, resource);
                """)
        let request = CedarRequest(
            principal: groups[99], action: Ask.uid("Action", "x"), resource: Ask.resource, context: [:])
        #expect(policies.answer(request, entities).satisfiedPermits == ["policy0", "policy2"])
        #expect(entities.ancestors(of: groups[99]) == Set(groups.dropLast()))
        for (above, isAbove) in [(groups[0], true), (groups[98], true), (Ask.uid("G", "x"), false)] {
            #expect(entities.isDescendant(groups[99], of: above) == isAbove)
            #expect(!entities.isDescendant(above, of: groups[99]))
        }
    }

    @Test func `more values than the machine holds by itself are kept`() {
        let sum = (1...20).map(String.init).joined(separator: " + (")
        #expect(Ask.expression("\(sum)\(String(repeating: ")", count: 19)) == 210") == "Allow")
        let set = (1...30).map(String.init).joined(separator: ", ")
        #expect(Ask.expression("[\(set)].contains(30) && ![\(set)].contains(31)") == "Allow")
    }

    @Test(arguments: [
        ("abcdefg", "abcdefgh"), ("abcdefgh", "abcdefgi"), ("é", "e\u{301}"), ("", "a"), ("a\0", "a"), ("ab", "ba"),
    ])
    func `attributes are told apart however long their names are`(name: String, other: String) {
        let record: CedarRecord = [CedarString(name): .long(1), CedarString(other): .long(2)]
        #expect(record[CedarString(name)] == .long(1))
        #expect(record[CedarString(other)] == .long(2))
        #expect(record[CedarString(name + other + "x")] == nil)
        let one: CedarRecord = [CedarString(name): .long(1)]
        #expect(one[CedarString(other)] == nil)
    }

    @Test func `wide records are searched`() {
        let names = (0..<100).map { CedarString("name\($0)") }
        let record = CedarRecord(names.map { CedarRecord.Member(name: $0, value: .string($0)) })
        for name in names { #expect(record[name] == .string(name)) }
        #expect(record["name"] == nil)
    }
}
