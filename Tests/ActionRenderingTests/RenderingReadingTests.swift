import ActionRendering
import CanonicalEncoding
import DomainModel
import Testing

@Suite struct RenderingReadingTests {
    static func json() throws -> JSONValue {
        var subject = try Sample.subject(Sample.sql(["sql": "a\u{202E}b"]))
        subject.superseded = Sample.sql()
        subject.context.justification = "because"
        return try Renderer.render(subject).json
    }

    static func changed(_ json: JSONValue, _ list: Text, _ change: (inout JSONObject) -> Void) throws -> JSONValue {
        var object = try #require(json.objectValue)
        var items = try #require(object[list]?.arrayValue)
        var last = try #require(items.last?.objectValue)
        change(&last)
        items[items.count - 1] = .object(last)
        object[list] = .array(items)
        return .object(object)
    }

    @Test func `a stored rendering reads back as it was`() throws {
        let json = try Self.json()
        #expect(try Rendering(json: json).json == json)
    }

    @Test(arguments: ["rows", "facts", "changes", "untrusted"] as [Text])
    func `nothing unknown, missing or unsafe is read`(list: Text) throws {
        let json = try Self.json()
        let unsafe = try Self.changed(json, list) { $0[list == "changes" ? "path" : "value"] = "x\u{202E}" }
        #expect(throws: MemberError.self) { try Rendering(json: unsafe) }
        let unknown = try Self.changed(json, list) { $0["onclick"] = "x" }
        #expect(throws: MemberError.self) { try Rendering(json: unknown) }
        let missing = try Self.changed(json, list) { $0[list == "changes" ? "path" : "label"] = nil }
        #expect(throws: MemberError.self) { try Rendering(json: missing) }
        var without = try #require(json.objectValue)
        without[list] = nil
        #expect(throws: MemberError.self) { try Rendering(json: .object(without)) }
    }

    @Test(
        arguments: [
            ("label", "a\nb"), ("section", "elsewhere"), ("kind", "html"), ("warnings", ["fine"]), ("warnings", "bidi"),
            ("emphasis", "blink"), ("path", "a..b"), ("path", 1), ("value", " padded"),
        ] as [(Text, JSONValue)])
    func `a row with a wrong word is not read`(member: Text, value: JSONValue) throws {
        let json = try Self.changed(Self.json(), "rows") { $0[member] = value }
        #expect(throws: MemberError.self) { try Rendering(json: json) }
    }

    @Test func `something uninspectable cannot be called approvable`() throws {
        let json = try Self.changed(Self.json(), "rows") { $0["warnings"] = ["uninspectable"] }
        #expect(throws: MemberError.self) { try Rendering(json: json) }
        var object = try #require(json.objectValue)
        object["approvable"] = false
        #expect(try !Rendering(json: .object(object)).isApprovable)
    }
}
