import CanonicalEncoding
import Testing
import WireProtocol

@Suite struct CommandInvocationTests {
    static let digest = Digest(sha256: "x".utf8)
    static let whole: JSONObject = [
        "argv": ["sqlite3", "orders.db"],
        "executable": ["path": "/usr/bin/sqlite3", "digest": "\(digest.wire)"],
        "directory": "/srv", "environment": ["PATH": "/usr/bin"], "stdin": .null,
        "files": [["argument": 1, "path": "orders.db", "digest": "\(digest.wire)"]],
    ]

    static func refusal(_ member: Text, _ value: JSONValue?) -> MemberError? {
        var object = whole
        object[member] = value
        do throws(MemberError) {
            _ = try CommandInvocation(json: .object(object))
            return nil
        } catch { return error }
    }

    @Test func `an invocation reads and writes back`() throws {
        let invocation = try CommandInvocation(json: .object(Self.whole))
        #expect(CanonicalJSON.text(invocation.json) == CanonicalJSON.text(.object(Self.whole)))
    }

    static let file = "{\"argument\": %, \"path\": \"x\", \"digest\": \"\(digest.wire)\"}"

    /// A member, its value as JSON, and where the refusal points.
    static let refused: [[String]] = [
        ["argv", "[]", "arguments.argv"],
        ["argv", #"["a\u0000b"]"#, "arguments.argv[0]"],
        ["executable", #"{"path": "sqlite3", "digest": "\#(digest.wire)"}"#, "arguments.executable.path"],
        ["directory", #""srv""#, "arguments.directory"],
        ["environment", #"{"LD_PRELOAD": "/x.so"}"#, "arguments.environment.LD_PRELOAD"],
        ["environment", #"{"BASH_ENV": "/x"}"#, "arguments.environment.BASH_ENV"],
        ["environment", #"{"PYTHONPATH": "/x"}"#, "arguments.environment.PYTHONPATH"],
        ["environment", #"{"A B": "x"}"#, "arguments.environment.A B"],
        ["stdin", #""sha-256:AAAA""#, "arguments.stdin"],
        ["files", "[\(file.replacing("%", with: "2"))]", "arguments.files[0].argument"],
        ["files", "[\(file.replacing("%", with: "0"))]", "arguments.files[0].argument"],
    ]

    @Test(arguments: refused)
    func `what could hide an effect is refused`(row: [String]) throws {
        let error = Self.refusal(Text(row[0]), try JSONReader.read(row[1]))
        #expect(error?.code == .invalidValue)
        #expect(error?.path == Text(row[2]))
    }

    @Test func `a file is named by its path, and one of a secret argument by its argument alone`() throws {
        var object = Self.whole
        object["argv"] = ["sqlite3", SaltedDigest(of: "orders.db", salt: Array(repeating: 7, count: 16)).json]
        #expect(throws: MemberError.self) { try CommandInvocation(json: .object(object)) }
        object["files"] = [["argument": 1, "digest": "\(Self.digest.wire)"]]
        let invocation = try CommandInvocation(json: .object(object))
        #expect(invocation.files.map(\.path) == [nil])
        #expect(invocation.json == .object(object))
        object["argv"] = ["sqlite3", "orders.db"]
        #expect(throws: MemberError.self) { try CommandInvocation(json: .object(object)) }
    }

    @Test(arguments: ["argv", "executable", "directory", "environment", "stdin", "files"])
    func `no member may be left out`(member: String) {
        #expect(Self.refusal(Text(member), nil)?.code == .missingMember)
    }

    @Test func `an unknown member is refused`() {
        #expect(Self.refusal("shell", true)?.code == .unknownMember)
    }

    @Test func `a secret is its salted digest and not its value`() throws {
        let secret = SaltedDigest(of: "hunter2", salt: Array(repeating: 7, count: 16))
        let value = CommandValue.secret(secret)
        #expect(!CanonicalJSON.text(value.json).contains("hunter2"))
        #expect(try CommandValue(json: value.json, path: "x") == value)
        #expect(SaltedDigest(of: "hunter2", salt: Array(repeating: 8, count: 16)).digest != secret.digest)
        #expect(
            secret.digest
                == Digest(domain: "countersign.secret.v1", ["salt": .string(secret.salt), "value": "hunter2"]))
    }
}
