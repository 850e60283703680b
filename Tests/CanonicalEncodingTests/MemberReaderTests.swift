import CanonicalEncoding
import Testing

struct MemberReaderTests {
    @Test func `members of the right types are taken and nothing is left over`() throws {
        let digest = Digest(sha256: [])
        var reader = MemberReader(object: [
            "t": "text", "i": 7, "b": true, "o": ["x": 1], "a": [1, nil], "s": ["p", "q"],
            "at": "2026-11-21T09:00:00Z", "d": .string(Text(digest.wire)), "any": nil,
        ])
        #expect(try reader.text("t") == "text")
        #expect(try reader.integer("i") == 7)
        #expect(try reader.bool("b"))
        #expect(try reader.object("o")["x"] == 1)
        #expect(try reader.array("a") == [1, nil])
        #expect(try reader.texts("s") == ["p", "q"])
        #expect(try reader.timestamp("at").seconds == 1_795_251_600)
        #expect(try reader.digest("d") == digest)
        #expect(try reader.required("any") == .null)
        #expect(throws: Never.self) { try reader.finish() }
    }

    @Test func `absent optional members are nil and present ones are typed`() throws {
        var reader = MemberReader(object: ["t": "text", "n": nil])
        #expect(try reader.optionalText("t") == "text")
        #expect(try reader.optionalText("x") == nil)
        #expect(try reader.optionalInteger("x") == nil)
        #expect(try reader.optionalBool("x") == nil)
        #expect(try reader.optionalObject("x") == nil)
        #expect(try reader.optionalArray("x") == nil)
        #expect(try reader.optionalTexts("x") == nil)
        #expect(try reader.optionalTimestamp("x") == nil)
        #expect(try reader.optionalDigest("x") == nil)
        #expect(try reader.optionalReader("x") == nil)
        #expect(throws: MemberError(code: .wrongType, path: "n")) { try reader.optionalText("n") }
        #expect(throws: MemberError(code: .wrongType, path: "t")) { try reader.optionalInteger("t") }
    }

    @Test func `a missing member is named with its path`() throws {
        var reader = MemberReader(object: ["action": ["tool": ["name": 1]]])
        #expect(throws: MemberError(code: .missingMember, path: "target")) { try reader.required("target") }
        var tool = try reader.reader("action")
        var name = try tool.reader("tool")
        #expect(throws: MemberError(code: .wrongType, path: "action.tool.name")) { try name.text("name") }
        #expect(throws: MemberError(code: .missingMember, path: "action.tool.server")) { try name.text("server") }
    }

    @Test func `a member that nobody took is refused`() throws {
        var reader = MemberReader(object: ["a": 1, "b": 2], path: "votes[2]")
        _ = try reader.integer("a")
        #expect(throws: MemberError(code: .unknownMember, path: "votes[2].b")) { try reader.finish() }
        _ = reader.optional("b")
        #expect(throws: Never.self) { try reader.finish() }
    }

    @Test func `a value that does not parse is invalid`() throws {
        var reader = MemberReader(object: ["at": "2026-02-30T00:00:00Z", "d": "sha-256:", "s": ["a", 1], "w": "no"])
        #expect(throws: MemberError(code: .invalidValue, path: "at")) { try reader.timestamp("at") }
        #expect(throws: MemberError(code: .invalidValue, path: "at")) { try reader.optionalTimestamp("at") }
        #expect(throws: MemberError(code: .invalidValue, path: "d")) { try reader.digest("d") }
        #expect(throws: MemberError(code: .invalidValue, path: "d")) { try reader.optionalDigest("d") }
        #expect(throws: MemberError(code: .wrongType, path: "s[1]")) { try reader.texts("s") }
        #expect(throws: MemberError(code: .invalidValue, path: "w")) {
            try reader.parsed(reader.text("w"), "w") { $0 == "yes" ? true : nil }
        }
    }

    @Test func `what is no object cannot be taken apart`() {
        #expect(throws: MemberError(code: .wrongType, path: "body")) { try MemberReader([1], path: "body") }
    }

    @Test func `the name of an unknown member is cut in the error`() throws {
        let name = Text(String(repeating: "é", count: 30_000))
        let reader = MemberReader(object: [name: 1])
        let error = #expect(throws: MemberError.self) { try reader.finish() }
        #expect(error?.path.utf8.count == 63)
        #expect(error?.path.string.hasSuffix("…") == true)
    }
}

extension MemberReader {
    /// A literal alone could be an object or a value.
    fileprivate init(object: JSONObject, path: Text = "") {
        self.init(object, path: path)
    }
}
