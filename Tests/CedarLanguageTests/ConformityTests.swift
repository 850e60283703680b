import CanonicalEncoding
import CedarLanguage
import Testing

@Suite struct ConformityTests {
    static let schema = #"""
        entity Org; entity Group in [Org]; entity Color enum ["red", "green"]; entity NT;
        entity User in [Group] = {
          name: String, age?: Long, mgr?: User, rec?: { a: Long, b?: { c?: String } }, act?: Action, ip?: ipaddr,
          color?: Color, us?: Set<User>, dt?: datetime, du?: duration, dec?: Set<decimal>
        } tags String;
        entity Doc in [Doc, Color] tags Set<ipaddr>;
        action grp;
        action view in [grp] appliesTo { principal: [User], resource: [Doc, Color], context: {
          s?: String, u?: User, ip?: ipaddr, r?: { x?: Long }, c?: Color } };
        """#

    /// Members of a user's `attrs` beside its name.
    static let conforming = [
        #""age": -9223372036854775808"#, #""mgr": {"type": "User", "id": "b"}"#,
        #""mgr": {"__entity": {"type": "User", "id": "b"}}"#, #""rec": {"a": 1, "b": {"c": "x"}}"#,
        #""act": {"type": "Action", "id": "view"}"#, #""ip": "1.2.3.4""#,
        #""ip": {"__extn": {"fn": "ip", "arg": "1.2.3.4"}}"#, #""ip": {"__extn": {"fn": "ip", "args": ["1.2.3.4"]}}"#,
        #""ip": {"fn": "ip", "arg": "1.2.3.4"}"#, #""dt": "2024-01-01""#,
        #""dt": {"fn": "offset", "args": ["2024-01-01", "1h"]}"#,
        #""du": {"__extn": {"fn": "toTime", "arg": {"__extn": {"fn": "datetime", "arg": "2024-01-01"}}}}"#,
        #""dec": ["1.0", {"fn": "decimal", "arg": "2.0"}]"#, #""color": {"type": "Color", "id": "red"}"#,
        #""us": [{"type": "User", "id": "x"}, {"__entity": {"type": "User", "id": "y"}}]"#, #""us": []"#,
    ]

    @Test(arguments: conforming)
    func `attributes are read as the schema says`(attribute: String) throws {
        let schema = try CedarSchema(cedar: Self.schema)
        let text = #"[{"uid": {"type": "User", "id": "a"}, "attrs": {"name": "n", \#(attribute)}, "parents": []}]"#
        let entities = try schema.entities(json: text)
        // Three actions come with the schema.
        #expect(entities.count == 3)
        #expect(entities[Ask.uid("User", "a")]?.attributes.members.count == 2)
    }

    static let nonconforming = [
        #""age": 1.0"#, #""age": "1""#, #""age": null"#, #""zz": 1"#, #""mgr": {"type": "NT", "id": "b"}"#,
        #""mgr": "User::\"b\"""#, #""mgr": {"type": "User"}"#, #""mgr": {"__expr": "User::\"b\""}"#, #""rec": {}"#,
        #""rec": {"a": 1, "zz": 2}"#, #""rec": {"a": 1, "b": {"c": 1}}"#, #""rec": []"#,
        #""act": {"type": "Action", "id": "nope"}"#, #""ip": "zz""#, #""ip": 5"#,
        #""ip": {"__extn": {"fn": "decimal", "arg": "1.0"}}"#, #""ip": {"__extn": {"fn": "ip"}}"#,
        #""du": {"__extn": "1h"}"#,
        #""ip": {"__extn": {"fn": "isIpv4", "arg": "::1"}}"#, #""dec": "1.0""#,
        #""color": {"type": "Color", "id": "blue"}"#, #""color": "red""#, #""us": [{"type": "NT", "id": "x"}]"#,
        #""us": {"type": "User", "id": "x"}"#, #""name": "twice""#,
    ]

    @Test(arguments: nonconforming)
    func `attributes that do not conform are refused`(attribute: String) throws {
        let schema = try CedarSchema(cedar: Self.schema)
        let text = #"[{"uid": {"type": "User", "id": "a"}, "attrs": {"name": "n", \#(attribute)}, "parents": []}]"#
        #expect(throws: CedarEntityError.self) { try schema.entities(json: text) }
    }

    /// Whole entities, and whether they conform.
    static let entities: [(String, Bool)] = [
        (#"{"uid": {"type": "User", "id": "a"}, "attrs": {}, "parents": []}"#, false),
        (#"{"uid": {"type": "NT", "id": "a"}, "attrs": {}, "parents": []}"#, true),
        (#"{"uid": {"__entity": {"type": "NT", "id": "a"}}, "attrs": {}, "parents": [], "tags": {}}"#, true),
        (#"{"uid": {"type": "NT", "id": "a"}, "attrs": {}, "parents": [], "tags": {"x": 1}}"#, false),
        (#"{"uid": {"type": "NT", "id": "a"}, "attrs": {}, "parents": [{"type": "Org", "id": "o"}]}"#, false),
        (#"{"uid": {"type": "Group", "id": "a"}, "attrs": {}, "parents": [{"type": "Org", "id": "o"}]}"#, true),
        (
            #"{"uid": {"type": "User", "id": "a"}, "attrs": {"name": ""}, "parents": [{"type": "Org", "id": "o"}]}"#,
            true
        ),
        (#"{"uid": {"type": "User", "id": "a"}, "attrs": {"name": ""}, "parents": [], "tags": {"x": 1}}"#, false),
        (#"{"uid": {"type": "Doc", "id": "a"}, "attrs": {}, "parents": [], "tags": {"x": ["::1"]}}"#, true),
        (#"{"uid": {"type": "Doc", "id": "a"}, "attrs": {}, "parents": [{"type": "Color", "id": "red"}]}"#, true),
        (#"{"uid": {"type": "Doc", "id": "a"}, "attrs": {}, "parents": [{"type": "Color", "id": "blue"}]}"#, false),
        (#"{"uid": {"type": "Doc", "id": "a"}, "attrs": {}, "parents": [{"type": "Doc", "id": "a"}]}"#, false),
        (#"{"uid": {"type": "Color", "id": "red"}, "attrs": {}, "parents": []}"#, true),
        (#"{"uid": {"type": "Color", "id": "blue"}, "attrs": {}, "parents": []}"#, false),
        (#"{"uid": {"type": "Nope", "id": "a"}, "attrs": {}, "parents": []}"#, false),
        (
            #"{"uid": {"type": "Action", "id": "view"}, "attrs": {}, "parents": [{"type": "Action", "id": "grp"}]}"#,
            true
        ),
        (#"{"uid": {"type": "Action", "id": "view"}, "attrs": {}, "parents": []}"#, false),
        (
            #"{"uid": {"type": "Action", "id": "view"}, "attrs": {}, "parents": [{"type": "NT", "id": "grp"}]}"#,
            false
        ),
        (#"{"uid": {"type": "Action", "id": "nope"}, "attrs": {}, "parents": []}"#, false),
        (#"{"uid": {"type": "Action", "id": "grp"}, "attrs": {"a": 1}, "parents": []}"#, false),
        (#"{"uid": {"type": "NT", "id": "a"}, "attrs": {}, "parents": [], "extra": 1}"#, false),
    ]

    @Test(arguments: entities)
    func `an entity conforms to its type or is refused`(text: String, conforms: Bool) throws {
        let schema = try CedarSchema(cedar: Self.schema)
        if conforms {
            _ = try schema.entities(json: "[\(text), \(text)]")
        } else {
            #expect(throws: CedarEntityError.self) { try schema.entities(json: "[\(text)]") }
        }
    }

    /// Which groups data says that actions stand in, and whether that is what the schema says.
    static let groups: [([(String, [String])], Bool)] = [
        ([("view", ["inner", "outer"])], true), ([("view", ["inner"])], false), ([("view", ["outer"])], false),
        ([("view", ["inner"]), ("inner", ["outer"])], true), ([("view", ["inner"]), ("inner", [])], false),
        ([("inner", ["outer"])], true), ([("outer", [])], true), ([("outer", ["outer"])], false),
    ]

    @Test(arguments: groups)
    func `actions in data stand in all the groups of the schema, directly or through others there`(
        data: [(String, [String])], conforms: Bool
    ) throws {
        let schema = try CedarSchema(cedar: "action outer; action inner in [outer]; action view in [inner];")
        let entities = data.map { id, groups in
            let parents = groups.map { #"{"type": "Action", "id": "\#($0)"}"# }.joined(separator: ", ")
            return #"{"uid": {"type": "Action", "id": "\#(id)"}, "attrs": {}, "parents": [\#(parents)]}"#
        }
        let text = "[\(entities.joined(separator: ", "))]"
        #expect(((try? schema.entities(json: text)) != nil) == conforms)
    }

    @Test func `without a schema an action stands only in actions`() throws {
        let action = #"{"uid": {"type": "N::Action", "id": "a"}, "parents": [{"type": "TYPE", "id": "b"}]}"#
        _ = try CedarEntities(json: "[\(action.replacing("TYPE", with: "Action"))]")
        #expect(throws: CedarEntityError.self) {
            try CedarEntities(json: "[\(action.replacing("TYPE", with: "Group"))]")
        }
    }

    @Test(arguments: [
        (#"{"__entity": {"type": "U", "id": "a"}}"#, false), (#"{"__extn": {"fn": "ip", "arg": "::1"}}"#, false),
        (#"{"__expr": "1"}"#, false), (#"{"__extn": 1, "b": 2}"#, true), (#"{"a": -0}"#, false),
        (#"{"a": [1, -0]}"#, false), (#"{"a": "-0", "b\"-0": 0, "c": -10}"#, true), (#"{"a": -1}"#, true),
    ])
    func `a context is a record of integers, whatever it says that it is`(text: String, isRead: Bool) throws {
        #expect(((try? CedarRecord(json: text)) != nil) == isRead)
        // An entity's attributes are a record in any case.
        guard text.hasPrefix(#"{"__e"#), !isRead else { return }
        _ = try CedarEntities(json: #"[{"uid": {"type": "U", "id": "a"}, "attrs": \#(text)}]"#)
    }

    @Test func `two different entities of one name are refused`() throws {
        let schema = try CedarSchema(cedar: Self.schema)
        let user = #"{"uid": {"type": "User", "id": "a"}, "attrs": {"name": "#
        #expect(throws: CedarEntityError.self) {
            try schema.entities(json: "[\(user)\"x\"}, \"parents\": []}, \(user)\"y\"}, \"parents\": []}]")
        }
    }

    /// Principal, action, resource, context, and a word of the refusal.
    static let requests: [(EntityUID, String, EntityUID, String, String?)] = [
        (Ask.uid("User", "a"), "view", Ask.uid("Doc", "d"), "{}", nil),
        (Ask.uid("User", "a"), "view", Ask.uid("Color", "red"), "{}", nil),
        (
            Ask.uid("User", "a"), "view", Ask.uid("Doc", "d"),
            #"{"u": {"type": "User", "id": "x"}, "ip": "::1", "c": {"type": "Color", "id": "red"}, "r": {}}"#, nil
        ),
        (Ask.uid("User", "a"), "view", Ask.uid("Color", "blue"), "{}", "none of the entities"),
        (Ask.uid("User", "a"), "view", Ask.uid("User", "d"), "{}", "resource"),
        (Ask.uid("Doc", "a"), "view", Ask.uid("Doc", "d"), "{}", "principal"),
        (Ask.uid("Nope", "a"), "view", Ask.uid("Doc", "d"), "{}", "Nope"),
        (Ask.uid("User", "a"), "nope", Ask.uid("Doc", "d"), "{}", "no action"),
        (Ask.uid("User", "a"), "grp", Ask.uid("Doc", "d"), "{}", "does not apply"),
        (Ask.uid("User", "a"), "view", Ask.uid("Doc", "d"), #"{"s": 1}"#, "String"),
        (Ask.uid("User", "a"), "view", Ask.uid("Doc", "d"), #"{"zz": 1}"#, "zz"),
        (Ask.uid("User", "a"), "view", Ask.uid("Doc", "d"), #"{"c": {"type": "Color", "id": "blue"}}"#, "none of"),
    ]

    @Test(arguments: requests)
    func `a request is what its action applies to`(
        principal: EntityUID, action: String, resource: EntityUID, context: String, word: String?
    ) throws {
        let schema = try CedarSchema(cedar: Self.schema)
        let action = Ask.uid("Action", action)
        func validate() throws {
            let context = try schema.context(json: context, for: action)
            try schema.validate(
                CedarRequest(principal: principal, action: action, resource: resource, context: context))
        }
        guard let word else { return try validate() }
        let error = #expect(throws: CedarEntityError.self) { try validate() }
        #expect(error?.message.contains(word) == true)
    }

    @Test func `values that were not read from JSON are checked as well`() throws {
        let schema = try CedarSchema(cedar: Self.schema)
        let user = Ask.uid("User", "a")
        try schema.validate(CedarEntity(uid: user, attributes: ["name": .string("x"), "age": .long(1)]))
        #expect(throws: CedarEntityError.self) {
            try schema.validate(CedarEntity(uid: user, attributes: ["name": .string("x"), "age": .string("1")]))
        }
        #expect(throws: CedarEntityError.self) {
            try schema.validate(
                CedarRequest(
                    principal: user, action: Ask.uid("Action", "view"), resource: Ask.uid("Doc", "d"),
                    context: ["s": .long(1)]))
        }
    }

    @Test func `policies see the groups of actions that entity data leaves out`() throws {
        let schema = try CedarSchema(cedar: Self.schema)
        let entities = try schema.entities(json: "[]")
        let policies = try CedarPolicySet(parsing: "permit(principal, action in Action::\"grp\", resource);")
        let request = CedarRequest(
            principal: Ask.uid("User", "a"), action: Ask.uid("Action", "view"), resource: Ask.uid("Doc", "d"),
            context: [:])
        #expect(policies.answer(request, entities).decision == .allow)
    }
}
