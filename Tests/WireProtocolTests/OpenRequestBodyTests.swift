import CanonicalEncoding
import DomainModel
import Testing
import WireProtocol

@Suite struct OpenRequestBodyTests {
    static let action: JSONValue = [
        "tool": ["server": "orders-db", "name": "execute_sql"], "target": "prod", "arguments": ["sql": "SELECT 1"],
    ]

    static func body(_ changes: JSONObject) -> JSONValue {
        var object: JSONObject = ["action": action]
        for member in changes.members { object[member.name] = member.value }
        return .object(object)
    }

    static func refusal(_ changes: JSONObject) -> MemberError? {
        do throws(MemberError) {
            _ = try OpenRequestBody(json: body(changes))
            return nil
        } catch { return error }
    }

    @Test func `a whole body reads and writes back`() throws {
        let json = Self.body([
            "task": ["id": "T-1", "title": "Clean up"], "justification": "void orders", "plan": "1. delete",
            "rollback": Self.action,
            "window": ["from": "2026-11-21T09:00:00.000Z", "until": "2026-11-21T10:00:00.000Z"],
            "links": [["rel": "ticket", "href": "https://tracker.example/T-1"]],
        ])
        let body = try OpenRequestBody(json: json)
        #expect(body.context.task?.id == "T-1")
        #expect(body.context.rollback?.name == "execute_sql")
        #expect(body.context.links.count == 1)
        #expect(CanonicalJSON.text(body.json) == CanonicalJSON.text(json))
    }

    struct Row: Sendable {
        var members: String
        var code: String
        var path: String
    }

    static let refused: [Row] = [
        Row(members: #"{"extra": 1}"#, code: "unknown_member", path: "extra"),
        Row(members: #"{"task": {"id": ""}}"#, code: "invalid_value", path: "task.id"),
        Row(members: #"{"task": {"title": "x"}}"#, code: "missing_member", path: "task.id"),
        Row(members: #"{"task": {"id": "x", "more": 1}}"#, code: "unknown_member", path: "task.more"),
        Row(members: #"{"task": {"id": "x", "parent": "exe_0"}}"#, code: "invalid_value", path: "task.parent"),
        Row(members: #"{"justification": null}"#, code: "wrong_type", path: "justification"),
        Row(
            members: #"{"window": {"from": "2026-11-21T10:00:00Z", "until": "2026-11-21T10:00:00Z"}}"#,
            code: "invalid_value", path: "window.until"),
        Row(
            members: #"{"links": [{"rel": "x", "href": "javascript:alert(1)"}]}"#, code: "invalid_value",
            path: "links[0].href"),
        Row(
            members: #"{"links": [{"rel": "x", "href": "https:///path"}]}"#, code: "invalid_value",
            path: "links[0].href"),
        Row(
            members: #"{"links": [{"rel": "x", "href": "https://a.example/\u202e"}]}"#, code: "invalid_value",
            path: "links[0].href"),
        Row(
            members: #"{"supersedes": "grt_000000000000000000000000000000000000"}"#, code: "invalid_value",
            path: "supersedes"),
        Row(
            members: #"{"rollback": {"tool": {"server": "a", "name": "b"}}}"#, code: "missing_member",
            path: "rollback.arguments"),
    ]

    @Test(arguments: refused)
    func `what is not as the reference says is refused with its place`(row: Row) throws {
        let error = Self.refusal(try #require(JSONReader.read(row.members).objectValue))
        #expect(error?.code.rawValue == row.code)
        #expect(error?.path == Text(row.path))
    }

    @Test func `texts and lists beyond their limits are refused`() {
        let long = JSONValue.string(Text(String(repeating: "a", count: 16_385)))
        let wide = JSONValue.string(Text(String(repeating: "é", count: 8193)))
        let links = JSONValue.array(Array(repeating: ["rel": "x", "href": "https://a.example"], count: 17))
        #expect(Self.refusal(["justification": long])?.path == "justification")
        #expect(Self.refusal(["plan": wide])?.path == "plan")
        #expect(Self.refusal(["links": links])?.path == "links")
    }

    @Test func `prose of exactly sixteen kibibytes is taken`() {
        #expect(Self.refusal(["plan": .string(Text(String(repeating: "a", count: 16_384)))]) == nil)
    }
}
