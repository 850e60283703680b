import CanonicalEncoding
import CedarLanguage
import Testing

@Suite struct SchemaTests {
    static let accepted = [
        "", "entity A;", "entity A, B in [A] = { x: Long, y?: Set<String>, \"a b\"?: Bool, } tags Set<String>;",
        "entity A { x: Long };", "entity A in A;", "entity A in [];", "entity Set, Long, decimal;",
        "entity A enum [\"a\", \"a\"];", "entity A; type A = Long; entity B = { x: A };",
        "type A = Set<B>; type B = C; type C = Long;", "action a, \"b c\" in [x, Action::\"y\"]; action x, y;",
        "action a in [N::Action::\"x\"]; namespace N { action x; }", "action a attributes {};",
        "entity U; action a appliesTo { resource: U, principal: [U, U], context: {}, };",
        "type C = { a: Long }; entity U; action a appliesTo { resource: U, principal: U, context: C };",
        "namespace A { entity A; } namespace A::A { entity B; } entity X = { a: A::A, b: A::A::B };",
        "entity A = { x: __cedar::String, y: __cedar::decimal, z: datetime };",
        "namespace N { entity Long; entity A = { x: Long, y: __cedar::Long }; }",
        "@doc(\"x\") @if entity A { @z(\"t\") a: Long };", "entity A = { x: Action }; action b;",
        "entity T; namespace N { entity X in T = { a: T }; type S = T; }",
        "entity type, namespace, action, entity, tags, appliesTo, principal, context, attributes, enum;",
        "entity A = { type: Long, Set: Set<Long>, x ?: Long };", "entity A in B; entity B in A;",
        "entity A = { x: A };", "action a; namespace N { action b in [a]; }", "entity A; // the end",
    ]

    @Test(arguments: accepted)
    func `a schema is read, and reads the same after it is written in both syntaxes`(text: String) throws {
        let schema = try CedarSchema(cedar: text)
        let again = try CedarSchema(json: schema.json)
        #expect(again.json == schema.json)
        #expect(try CedarSchema(cedar: again.cedarText()).json == schema.json)
    }

    @Test func `attributes and actions can be named like the language itself`() throws {
        let schema = try CedarSchema(cedar: "entity A = { __cedar?: Long }; action __cedar; action b in [__cedar];")
        #expect(schema.actions == [Ask.uid("Action", "__cedar"), Ask.uid("Action", "b")])
    }

    /// Text, where the mistake is, and a word of the message.
    static let refused: [(String, String, String)] = [
        ("entity A in B;", "1:13", "no entity type `B`"), ("entity in;", "1:8", "reserved"),
        ("entity __cedar;", "1:8", "reserved"),
        ("type __cedar = Long;", "1:6", "reserved"), ("action if;", "1:8", "reserved"),
        ("entity A = { in: Long };", "1:14", "reserved"), ("type Long = String;", "1:6", "own name"),
        ("entity A enum [];", "1:16", "string"), ("entity A enum [\"a\",];", "1:20", "string"),
        ("entity A,;", "1:10", "name"), ("entity A = { x: Foo };", "1:17", "no type `Foo`"),
        ("entity A;\nentity A;", "2:8", "twice"), ("type A = B; type B = A;", "1:6", "contains itself"),
        ("type A = { x: Set<A> };", "1:6", "contains itself"), ("action a in a;", "1:8", "own group"),
        ("action a in b;\naction b in a;", "1:8", "own group"), ("action a appliesTo {};", "1:21", "expected"),
        ("entity U; action a appliesTo { principal: U };", "1:30", "resource"),
        ("entity U; action a appliesTo { principal: [], resource: U };", "1:43", "empty"),
        ("entity U; action a appliesTo { principal: U, resource: U, context: Long };", "1:18", "record"),
        ("entity U; action a appliesTo { principal: U, resource: U, context: U };", "1:68", "no common type"),
        ("action a in b;", "1:13", "no action"), ("action a in [];", "1:14", "expected"),
        ("namespace A {}\nnamespace A {}", "2:11", "twice"), ("namespace A { namespace B {} }", "1:15", "expected"),
        ("namespace A::__cedar {}", "1:14", "reserved"), ("entity Action;", "1:8", "actions"),
        ("entity T; namespace N { type T = Long; }", "1:30", "hides"),
        ("action a; namespace N { action a; }", "1:32", "hides"),
        ("entity A in Action; action b;", "1:13", "actions"), ("entity A = { x: Set };", "1:17", "Set<Type>"),
        ("entity A = { x: Boolean };", "1:17", "Bool"), ("entity A = { x: Set<> };", "1:21", "type"),
        ("@a @a entity A;", "1:4", "two annotations"), ("entity A = Long;", "1:12", "{"),
        ("action a attributes { x: Long };", "1:23", "attributes"), ("entity A", "1:9", "the text ends"),
        ("entity A = { \"\\*\": Long };", "1:15", "escape"), ("/* */", "1:1", "expected"),
    ]

    @Test(arguments: refused)
    func `a refused schema says where and why`(text: String, place: String, word: String) throws {
        let error = #expect(throws: CedarSchemaError.self) { try CedarSchema(cedar: text) }
        #expect(error?.position?.description == place)
        #expect(error.map { "\($0)" }?.contains(word) == true, "\(String(describing: error))")
    }

    /// JSON of one namespace without name, in parts; the last says whether it is accepted.
    static let json: [(String, Bool)] = [
        (#"{"": {"entityTypes": {}, "actions": {}}}"#, true), (#"{}"#, true), (#"[]"#, false),
        (#"{"": {"entityTypes": {}}}"#, false), (#"{"": {"entityTypes": {}, "actions": {}, "x": 1}}"#, false),
        (#"{"N": {"entityTypes": {}, "actions": {}, "annotations": {"a": null}}}"#, true),
        (#"{"": {"entityTypes": {}, "actions": {}, "annotations": {"a": "b"}}}"#, false),
        (
            #"{"": {"entityTypes": {"A": {"shape": {"type": "T"}}}, "actions": {}, "commonTypes": {"T": {"type": "Record", "attributes": {"a": {"type": "Boolean", "required": false}}}}}}"#,
            true
        ),
        (#"{"": {"entityTypes": {"A": {"shape": {"type": "Long"}}}, "actions": {}}}"#, false),
        (
            #"{"": {"entityTypes": {"A": {"shape": {"type": "Record", "attributes": {}, "additionalAttributes": true}}}, "actions": {}}}"#,
            false
        ),
        (#"{"": {"entityTypes": {"A": {"enum": ["a"], "annotations": {"q": "r"}}}, "actions": {}}}"#, true),
        (#"{"": {"entityTypes": {"A": {"enum": []}}, "actions": {}}}"#, false),
        (#"{"": {"entityTypes": {"A": {"enum": ["a"], "tags": {"type": "Long"}}}, "actions": {}}}"#, false),
        (
            #"{"": {"entityTypes": {"A": {"tags": {"type": "Set", "element": {"type": "Extension", "name": "ipaddr"}}}}, "actions": {}}}"#,
            true
        ),
        (#"{"": {"entityTypes": {"A": {"tags": {"type": "Extension", "name": "foo"}}}, "actions": {}}}"#, false),
        (
            #"{"": {"entityTypes": {"A": {"tags": {"type": "Entity", "name": "A"}}}, "actions": {"x": {"appliesTo": {"principalTypes": [], "resourceTypes": ["A"]}}}}}"#,
            true
        ),
        (#"{"": {"entityTypes": {"A": {"tags": {"type": "Long", "name": "x"}}}, "actions": {}}}"#, false),
        (#"{"": {"entityTypes": {"A": {"tags": null}}, "actions": {}}}"#, false),
        (#"{"": {"entityTypes": {"U": {}}, "actions": {"x": {"appliesTo": {"resourceTypes": ["U"]}}}}}"#, false),
        (
            #"{"": {"entityTypes": {}, "actions": {"x": {"memberOf": [{"id": "y", "type": "Action"}]}, "y": {"memberOf": null, "appliesTo": null, "attributes": null}}}}"#,
            true
        ),
        (#"{"": {"entityTypes": {}, "actions": {"x": {"attributes": {}}}}}"#, false),
        (#"{"": {"entityTypes": {"A": {}, "A": {}}, "actions": {}}}"#, false),
        (#"{"": {"entityTypes": {"in": {}}, "actions": {}}}"#, false),
        (#"{"A b": {"entityTypes": {}, "actions": {}}}"#, false),
    ]

    @Test(arguments: json)
    func `JSON is a schema or not`(text: String, isAccepted: Bool) throws {
        guard isAccepted else {
            #expect(throws: CedarSchemaError.self) { try CedarSchema(json: text) }
            return
        }
        let schema = try CedarSchema(json: text)
        #expect(try CedarSchema(json: schema.json).json == schema.json)
        _ = try CedarSchema(cedar: schema.cedarText())
    }

    @Test func `a schema that text cannot express says so`() throws {
        let text = #"""
            {"": {"entityTypes": {"A": {"tags": {"type": "Entity", "name": "A"}}}, "actions": {},
            "commonTypes": {"A": {"type": "Long"}}}}
            """#
        let schema = try CedarSchema(json: text)
        #expect(throws: CedarSchemaError.self) { try schema.cedarText() }
    }

    @Test func `names that differ in normalisation are two`() throws {
        let schema = try CedarSchema(cedar: "action \"\u{E9}\", \"e\u{301}\";")
        #expect(schema.actions.count == 2)
    }

    @Test func `types that refer to types twice at every level stay small`() throws {
        var text = "type T0 = { a: Long }; "
        for level in 1..<60 { text += "type T\(level) = { a: T\(level - 1), b: T\(level - 1) }; " }
        let schema = try CedarSchema(
            cedar: text + "entity A = { t: T59, u: T58 }; action x appliesTo { principal: A, resource: A };")
        let policies = try CedarPolicySet(
            parsing: "permit(principal, action, resource) when { principal.t == principal.u || [principal.t] == [1] };")
        #expect(!schema.validate(policies).isValid)
        #expect(throws: CedarSchemaError.self) {
            try CedarSchema(
                cedar: text + "type T60 = { a: T59 }; type T61 = { a: T60 }; type T62 = { a: T61 }; "
                    + "type T63 = { a: T62 }; type T64 = { a: T63 }; type T65 = { a: T64 };")
        }
    }
}
