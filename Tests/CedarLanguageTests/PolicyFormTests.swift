import CanonicalEncoding
import CedarLanguage
import Testing

@Suite struct PolicyFormTests {
    private static let head =
        #""effect":"permit","principal":{"op":"All"},"action":{"op":"All"},"resource":{"op":"All"}"#

    private static func form(of condition: String) throws -> JSONValue? {
        let text = "permit(principal, action, resource) when { \(condition) };"
        let policies = try CedarPolicySet(parsing: text)
        return try JSONReader.read(policies.policies[0].json)["conditions"]?.arrayValue?.first?["body"]
    }

    private static func policy(body: String) -> String {
        #"{\#(head),"conditions":[{"kind":"when","body":\#(body)}]}"#
    }

    private static func refusal(_ json: String) -> CedarFormError? {
        do throws(CedarFormError) {
            _ = try CedarPolicy(json: json, id: "p")
            return nil
        } catch {
            return error
        }
    }

    private static func refusal(ofSet json: String) -> CedarFormError? {
        do throws(CedarFormError) {
            _ = try CedarPolicySet(json: json)
            return nil
        } catch {
            return error
        }
    }

    /// Expressions and their form in the reference.
    static let expressions: [(text: String, form: String)] = [
        ("1 != 2", #"{"!=":{"left":{"Value":1},"right":{"Value":2}}}"#),
        ("1 >= -2", #"{">=":{"left":{"Value":1},"right":{"Value":-2}}}"#),
        ("-(5) == --5", #"{"==":{"left":{"neg":{"arg":{"Value":5}}},"right":{"neg":{"arg":{"Value":-5}}}}}"#),
        (
            "1 + 2 - 3 == 4",
            #"{"==":{"left":{"-":{"left":{"+":{"left":{"Value":1},"right":{"Value":2}}},"right":{"Value":3}}},"#
                + #""right":{"Value":4}}}"#
        ),
        ("context has \"a b\"", #"{"has":{"left":{"Var":"context"},"attr":"a b"}}"#),
        (
            "context has a.b",
            #"{"&&":{"left":{"has":{"left":{"Var":"context"},"attr":"a"}},"#
                + #""right":{"has":{"left":{".":{"left":{"Var":"context"},"attr":"a"}},"attr":"b"}}}}"#
        ),
        (
            "principal is N::U in G::\"a\"",
            #"{"is":{"left":{"Var":"principal"},"entity_type":"N::U","#
                + #""in":{"Value":{"__entity":{"type":"G","id":"a"}}}}}"#
        ),
        (
            #"context.a like "x*\*""#,
            #"{"like":{"left":{".":{"left":{"Var":"context"},"attr":"a"}},"#
                + #""pattern":[{"Literal":"x"},"Wildcard",{"Literal":"*"}]}}"#
        ),
        (
            #"ip("1.2.3.4").isInRange(ip("::"))"#,
            #"{"isInRange":[{"ip":[{"Value":"1.2.3.4"}]},{"ip":[{"Value":"::"}]}]}"#
        ),
        (
            "if true then [1] else {a: 1}",
            #"{"if-then-else":{"if":{"Value":true},"then":{"Set":[{"Value":1}]},"else":{"Record":{"a":{"Value":1}}}}}"#
        ),
        (
            "[].isEmpty() || !principal.hasTag(\"t\")",
            #"{"||":{"left":{"isEmpty":{"arg":{"Set":[]}}},"#
                + #""right":{"!":{"arg":{"hasTag":{"left":{"Var":"principal"},"right":{"Value":"t"}}}}}}}"#
        ),
    ]

    @Test(arguments: expressions)
    func `an expression has the form that the language says, both ways`(text: String, form: String) throws {
        #expect(try Self.form(of: text) == JSONReader.read(form))
        let read = try CedarPolicy(json: Self.policy(body: form), id: "p")
        #expect(try JSONReader.read(read.json)["conditions"]?.arrayValue?.first?["body"] == JSONReader.read(form))
    }

    /// Other ways to say values, and what they come back as.
    static let values: [(body: String, text: String)] = [
        (#"{"Value":[1,{"a":{"__entity":{"type":"U","id":"x"}}}]}"#, "[1, {a: U::\"x\"}]"),
        (#"{"Value":{"__extn":{"fn":"decimal","arg":"1.0"}}}"#, "decimal(\"1.0\")"),
        (
            #"{"Value":{"__extn":{"fn":"offset","args":[{"__extn":{"fn":"datetime","arg":"2024-01-01"}},"#
                + #"{"__extn":{"fn":"duration","arg":"1d"}}]}}}"#, "datetime(\"2024-01-01\").offset(duration(\"1d\"))"
        ),
        (#"{"has":{"left":{"Var":"context"},"attr":["a","b"]}}"#, "context has a.b"),
        (#"{".":{"left":{"Var":"context"},"attr":"if"}}"#, "context[\"if\"]"),
        (#"{".":{"left":{"Value":-1},"attr":"a"}}"#, "(-1).a"),
        (#"{"like":{"left":{"Value":""},"pattern":[{"Literal":"ab*"},"Wildcard"]}}"#, #""" like "ab\**""#),
    ]

    @Test(arguments: values)
    func `every way to say a value is read`(body: String, text: String) throws {
        let policy = try CedarPolicy(json: Self.policy(body: body), id: "p")
        #expect(policy.text == "permit (principal, action, resource)\nwhen { \(text) };\n")
    }

    /// Bodies that are refused, and where.
    static let refused: [(body: String, path: String)] = [
        ("{}", "conditions[0].body"), (#"{"Value":1,"Var":"context"}"#, "conditions[0].body"),
        (#"{"Value":null}"#, "conditions[0].body.Value"), (#"{"Value":1.5}"#, "conditions[0].body.Value"),
        (#"{"Var":"input"}"#, "conditions[0].body.Var"), (#"{"Slot":"?principal"}"#, "conditions[0].body.Slot"),
        (#"{"!":{"arg":{"Value":true},"x":1}}"#, "conditions[0].body.!.x"),
        (#"{"==":{"left":{"Value":1}}}"#, "conditions[0].body.=="),
        (#"{"==":[{"Value":1},{"Value":1}]}"#, "conditions[0].body.=="),
        (#"{"unknown":[{"Value":"x"}]}"#, "conditions[0].body.unknown"),
        (#"{"isIpv4":[]}"#, "conditions[0].body.isIpv4"),
        (#"{"is":{"left":{"Var":"context"},"entity_type":"a b"}}"#, "conditions[0].body.is.entity_type"),
        (#"{"has":{"left":{"Var":"context"},"attr":["a b","c"]}}"#, "conditions[0].body.has.attr[0]"),
        (#"{"like":{"left":{"Var":"context"},"pattern":["wildcard"]}}"#, "conditions[0].body.like.pattern[0]"),
        (#"{"Value":{"__entity":{"type":"U","id":"a","x":1}}}"#, "conditions[0].body.Value.__entity.x"),
        (#"{"Record":{"a":{"Value":1},"a":{"Value":2}}}"#, ""),
    ]

    @Test(arguments: refused)
    func `what is no expression is refused with its place`(body: String, path: String) {
        #expect(Self.refusal(Self.policy(body: body))?.path == path)
    }

    /// Policies that are refused, and where.
    static let refusedPolicies: [(json: String, path: String)] = [
        (#"{\#(head)}"#, ""), (#"{\#(head),"conditions":[],"x":1}"#, "x"),
        (#"{\#(head),"conditions":[{"kind":"if","body":{"Value":true}}]}"#, "conditions[0].kind"),
        (#"{\#(head),"conditions":[],"annotations":{"a b":"x"}}"#, "annotations.a b"),
        (#"{\#(head),"conditions":[],"annotations":{"a":1}}"#, "annotations.a"),
        (
            #"{"effect":"permit","principal":{"op":"in","slot":"?resource"},"action":{"op":"All"},"resource":{"op":"All"},"#
                + #""conditions":[]}"#, "principal.slot"
        ),
        (
            #"{"effect":"permit","principal":{"op":"All"},"action":{"op":"==","entity":{"type":"A","id":"x"}},"#
                + #""resource":{"op":"All"},"conditions":[]}"#, "action.entity"
        ),
    ]

    @Test(arguments: refusedPolicies)
    func `what is no policy is refused with its place`(json: String, path: String) {
        #expect(Self.refusal(json)?.path == path)
    }

    // MARK: Sets

    private static let template = """
        {"effect":"permit","principal":{"op":"==","slot":"?principal"},"action":{"op":"All"},\
        "resource":{"op":"is","entity_type":"R","in":{"slot":"?resource"}},"conditions":[]}
        """

    private static func set(_ links: String, statics: String = "") -> String {
        #"{"staticPolicies":{\#(statics)},"templates":{"t":\#(template)},"templateLinks":[\#(links)]}"#
    }

    private static let slots = #"{"?principal":{"type":"U","id":"a"},"?resource":{"type":"R","id":"r"}}"#

    @Test func `a set with templates and links comes back and answers`() throws {
        let json = Self.set(#"{"templateId":"t","newId":"l","values":\#(Self.slots)}"#)
        let policies = try CedarPolicySet(json: json)
        #expect(try JSONReader.read(policies.json) == JSONReader.read(json))
        #expect(policies.answer(Ask.request(), CedarEntities()).determining == ["l"])
        #expect(policies.policy("l")?.link?.template == "t")
        #expect(policies.policy("t") == nil)
        #expect(policies.template("t")?.slots == [.principal, .resource])
    }

    /// Links that are refused, and where.
    static let refusedLinks: [(link: String, path: String)] = [
        (#"{"templateId":"x","newId":"l","values":\#(slots)}"#, "templateLinks[0]"),
        (#"{"templateId":"t","newId":"t","values":\#(slots)}"#, "templateLinks[0]"),
        (#"{"templateId":"t","newId":"l","values":{}}"#, "templateLinks[0]"),
        (
            #"{"templateId":"t","newId":"l","values":{"?action":{"type":"U","id":"a"}}}"#,
            "templateLinks[0].values.?action"
        ),
        (#"{"templateId":"t","newId":"l","values":\#(slots),"x":1}"#, "templateLinks[0].x"),
    ]

    @Test(arguments: refusedLinks)
    func `a link that does not fit is refused with its place`(link: String, path: String) {
        #expect(Self.refusal(ofSet: Self.set(link))?.path == path)
    }

    @Test func `a name stands once, and slots stand in templates`() {
        let plain = #"{\#(Self.head),"conditions":[]}"#
        #expect(Self.refusal(ofSet: Self.set("", statics: "\"t\":\(plain)")) != nil)
        #expect(Self.refusal(ofSet: Self.set("", statics: "\"p\":\(Self.template)"))?.path == "staticPolicies.p")
        #expect(Self.refusal(ofSet: Self.set("", statics: "\"p\":\(plain)")) == nil)
        let swapped = #"{"staticPolicies":{},"templates":{"p":\#(plain)},"templateLinks":[]}"#
        #expect(Self.refusal(ofSet: swapped)?.path == "templates.p")
        #expect(Self.refusal(ofSet: "{}")?.message == "the member `staticPolicies` is missing")
    }

    // MARK: Depth

    @Test func `long chains come and go, deep nesting is refused`() throws {
        let many = 3000
        let chain = Array(repeating: "true", count: many).joined(separator: " && ")
        let policies = try CedarPolicySet(parsing: "permit(principal, action, resource) when { \(chain) };")
        #expect(try CedarPolicySet(json: policies.json).json == policies.json)
        let open = String(repeating: #"{"!":{"arg":"#, count: 501)
        let deep = open + #"{"Value":true}"# + String(repeating: "}}", count: 501)
        #expect(Self.refusal(Self.policy(body: deep))?.message.hasPrefix("this expression is nested") == true)
    }

    @Test func `paths after has do not grow without bound`() throws {
        let nested = String(repeating: "(", count: 60) + "context" + String(repeating: " has a.b.c)", count: 60)
        let policies = try CedarPolicySet(parsing: "permit(principal, action, resource) when { \(nested) };")
        #expect(policies.json.utf8.count < 64 << 20)
        #expect(try CedarPolicySet(parsing: policies.text).json == policies.json)
    }
}
