import CanonicalEncoding
import ModelContextProtocol
import Testing

struct ToolDefinitionTests {
    private static let published: JSONObject = [
        "name": "execute_sql", "description": "Runs one statement.",
        "inputSchema": ["type": "object", "properties": [:]],
        "annotations": ["readOnlyHint": false, "title": "SQL"],
    ]

    private func definition(_ change: (inout JSONObject) -> Void = { _ in }) throws -> ToolDefinition {
        var published = Self.published
        change(&published)
        return try ToolDefinition(json: .object(published))
    }

    @Test(arguments: ["name", "title", "description", "inputSchema", "outputSchema", "annotations", "icons"])
    func `a change of any published member is another tool`(member: Text) throws {
        let before = try definition()
        let after = try definition { published in
            published[member] =
                ["name": "other", "title": "Other", "description": "Runs two."][member] ?? ["type": "object", "x-a": 1]
        }
        #expect(before.digest != after.digest)
        #expect(DefinitionChange.between(before, after).contains { $0.path.utf8.starts(with: member.utf8) })
    }

    @Test func `the order of members and what is said of one answer alone change nothing`() throws {
        let before = try definition()
        let after = try definition { published in
            published = JSONObject(members: published.members.reversed()) ?? published
            published["_meta"] = ["a": 1]
        }
        #expect(before.digest == after.digest)
        #expect(DefinitionChange.between(before, after).isEmpty)
    }

    @Test func `a change is shown where it is, and not the whole definition`() throws {
        let after = try definition { published in
            published["inputSchema"] = ["type": "object", "properties": ["sql": ["type": "string"]]]
            published["description"] = nil
        }
        #expect(
            DefinitionChange.between(try definition(), after) == [
                DefinitionChange(path: "description", before: "Runs one statement.", after: nil),
                DefinitionChange(path: "inputSchema.properties.sql", before: nil, after: ["type": "string"]),
            ])
    }

    @Test func `where a server says nothing of its tool the worst is assumed`() throws {
        let silent = try definition { $0["annotations"] = nil }.hints
        #expect(silent.isDestructive && silent.isOpenWorld && !silent.isReadOnly && !silent.isIdempotent)
        let reading = try definition { $0["annotations"] = ["readOnlyHint": true, "destructiveHint": false] }.hints
        #expect(reading.isReadOnly && !reading.isDestructive)
    }

    @Test(arguments: ["", "a b", "a___b", "näme", "a/b", String(repeating: "a", count: 129)])
    func `a name that could be taken for another is refused`(name: String) {
        #expect(throws: MemberError.self) { try definition { $0["name"] = .string(Text(name)) } }
    }

    @Test(arguments: ["a", "a__b", "get.user-1", String(repeating: "a", count: 128)])
    func `a name of the protocol is taken`(name: String) throws {
        #expect(try definition { $0["name"] = .string(Text(name)) }.name == Text(name))
    }

    @Test func `a schema that takes anything but an object is refused`() {
        #expect(throws: MemberError.self) { try definition { $0["inputSchema"] = ["type": "string"] } }
        #expect(throws: MemberError.self) { try definition { $0["inputSchema"] = nil } }
    }
}
