package import CanonicalEncoding

/// A tool as its server publishes it in `tools/list`: untrusted text of somebody else, kept whole and named by a digest, so that a
/// tool that changes is another tool.
package struct ToolDefinition: Hashable, Sendable {
    package let name: Text
    /// Everything that was published, without `_meta`: what agents read, and what a change is shown against.
    package let published: JSONObject
    package let inputSchema: JSONObject

    package static let digestDomain: StaticString = "countersign.tool-definition.v1"

    /// Strict about what is used and lenient about what a later revision adds: unknown members are part of the digest.
    package init(json: JSONValue) throws(MemberError) {
        var reader = try MemberReader(json)
        name = try reader.text("name")
        guard Self.isName(name) else { throw reader.error(.invalidValue, "name") }
        inputSchema = try reader.object("inputSchema")
        guard inputSchema["type"] == "object" else { throw reader.error(.invalidValue, "inputSchema") }
        _ = try reader.optionalText("title")
        _ = try reader.optionalText("description")
        _ = try reader.optionalObject("outputSchema")
        _ = try reader.optionalObject("annotations")
        var published = reader.object
        published["_meta"] = nil
        self.published = published
    }

    /// 1 to 128 of `A-Z a-z 0-9 _ - .` (2025-11-25, "Tool Names"); three underscores in a row stand between server and tool.
    package static func isName(_ name: Text) -> Bool {
        let bytes = Array(name.utf8)
        guard (1...128).contains(bytes.count), !bytes.contains3Underscores else { return false }
        return bytes.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."):
                true
            default: false
            }
        }
    }

    package var digest: Digest { Digest(domain: Self.digestDomain, .object(published)) }
    package var title: Text? { published["title"]?.textValue ?? published["annotations"]?["title"]?.textValue }
    package var description: Text? { published["description"]?.textValue }

    /// Hints that the server gives of its own tool. Where it says nothing the protocol assumes the worst, and so do we.
    package var hints: Hints { Hints(published["annotations"]?.objectValue ?? JSONObject()) }

    package struct Hints: Hashable, Sendable {
        package var isReadOnly: Bool
        package var isDestructive: Bool
        package var isIdempotent: Bool
        package var isOpenWorld: Bool

        init(_ annotations: JSONObject) {
            isReadOnly = annotations["readOnlyHint"]?.boolValue ?? false
            isDestructive = annotations["destructiveHint"]?.boolValue ?? true
            isIdempotent = annotations["idempotentHint"]?.boolValue ?? false
            isOpenWorld = annotations["openWorldHint"]?.boolValue ?? true
        }
    }
}

extension [UInt8] {
    fileprivate var contains3Underscores: Bool {
        var run = 0
        for byte in self {
            run = byte == UInt8(ascii: "_") ? run + 1 : 0
            if run == 3 { return true }
        }
        return false
    }
}
