package import CanonicalEncoding

/// The headers of revision 2026-07-28 that repeat parts of the body, so that what stands between can route without reading it. A
/// gateway believes the body and refuses a header that says something else: an inspecting proxy may have decided by it.
package struct RoutingHeaders: Sendable {
    /// `Mcp-Method`, `Mcp-Name`, `MCP-Protocol-Version`: all values that stood in the call, in order.
    package var method: [Text]
    package var name: [Text]
    package var revision: [Text]

    package init(method: [Text], name: [Text], revision: [Text]) {
        self.method = method
        self.name = name
        self.revision = revision
    }

    /// Refuses unless the headers say exactly what the body says.
    package func check(against request: RPCRequest) throws(RPCError) {
        try check("Mcp-Method", method, equals: request.method)
        if let member = Self.nameMember(of: request.method) {
            guard let name = request.params[member]?.textValue else {
                throw RPCError(.invalidParams, "`params.\(member)` must be text.")
            }
            try check("Mcp-Name", name: self.name, equals: name)
        } else if !name.isEmpty {
            throw RPCError(.headerMismatch, "`Mcp-Name` does not belong to \(request.method).")
        }
    }

    /// Which parameter `Mcp-Name` repeats.
    package static func nameMember(of method: Text) -> Text? {
        switch method {
        case "tools/call", "prompts/get": "name"
        case "resources/read": "uri"
        case "tasks/get", "tasks/update", "tasks/cancel": "taskId"
        default: nil
        }
    }

    private func check(_ header: Text, name values: [Text], equals expected: Text) throws(RPCError) {
        let decoded = values.map { HeaderValue.decoded($0) }
        guard decoded.count == 1, decoded[0] == expected else { throw mismatch(header) }
    }

    private func check(_ header: Text, _ values: [Text], equals expected: Text) throws(RPCError) {
        guard values.count == 1, values[0] == expected else { throw mismatch(header) }
    }

    private func mismatch(_ header: Text) -> RPCError {
        RPCError(.headerMismatch, "`\(header)` must stand once and say what the body says.")
    }
}

/// Text in a header field: as it is where it is visible ASCII, else `=?base64?…?=` around its UTF-8 (2026-07-28, "Header values").
package enum HeaderValue {
    private static let opening = Array("=?base64?".utf8)
    private static let closing = Array("?=".utf8)

    package static func encoded(_ text: Text) -> Text {
        let bytes = Array(text.utf8)
        let isVisible = bytes.allSatisfy { (0x20...0x7E).contains($0) }
        let hasBareEdges = bytes.first != 0x20 && bytes.last != 0x20
        if isVisible, hasBareEdges, !looksEncoded(bytes) { return text }
        return Text("=?base64?" + Base64.encode(bytes) + "?=")
    }

    /// Nil for a damaged encoding and for a spelling that no encoder makes: two spellings of one name would be a way around.
    package static func decoded(_ text: Text) -> Text? {
        let bytes = Array(text.utf8)
        guard looksEncoded(bytes) else { return text }
        let payload = bytes.dropFirst(opening.count).dropLast(closing.count)
        guard let payload = Text(utf8: payload), let decoded = Base64.decode(payload.string),
            let text = Text(utf8: decoded)
        else { return nil }
        return Array(encoded(text).utf8) == bytes ? text : nil
    }

    private static func looksEncoded(_ bytes: [UInt8]) -> Bool {
        bytes.count >= opening.count + closing.count && bytes.starts(with: opening)
            && bytes.suffix(closing.count).elementsEqual(closing)
    }
}
