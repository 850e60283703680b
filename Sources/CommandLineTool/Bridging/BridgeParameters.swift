import CanonicalEncoding
import ModelContextProtocol
import Synchronization

/// Which arguments of which tools stand in a header as well (2026-07-28, "Custom Headers from Tool Parameters"), as the lists say that come
/// by. A client on pipes sends no headers, so that the bridge puts them on.
final class BridgeParameters: Sendable {
    private struct Parameter: Sendable {
        var header: String
        var path: [Text]
    }

    private let known = Mutex<[Text: [Parameter]]>([:])
    private static let depth = 16

    /// Takes the annotations of a page of `tools/list`.
    func note(page result: JSONObject) {
        let tools = result["tools"]?.arrayValue ?? []
        known.withLock { known in
            for tool in tools {
                guard let name = tool["name"]?.textValue else { continue }
                var found: [Parameter] = []
                Self.collect(tool["inputSchema"], [], &found)
                known[name] = found.isEmpty ? nil : found
            }
        }
    }

    /// The headers of one call.
    func fields(of request: RPCRequest) -> BridgeHeaders.Fields {
        guard request.method == "tools/call", let name = request.params["name"]?.textValue else { return [] }
        let parameters = known.withLock { $0[name] } ?? []
        return parameters.compactMap { parameter in
            var value = request.params["arguments"]
            for name in parameter.path { value = value?[name] }
            return value.flatMap(Self.text).map { (name: "mcp-param-\(parameter.header)", value: $0) }
        }
    }

    /// Nothing else may be in a header.
    private static func text(_ value: JSONValue) -> String? {
        switch value {
        case .string(let text): HeaderValue.encoded(text).string
        case .bool(let bool): bool ? "true" : "false"
        case .integer(let integer): "\(integer)"
        default: nil
        }
    }

    private static func collect(_ schema: JSONValue?, _ path: [Text], _ found: inout [Parameter]) {
        guard path.count < depth, let properties = schema?["properties"]?.objectValue else { return }
        for property in properties.members {
            if let header = property.value["x-mcp-header"]?.stringValue, isToken(header) {
                found.append(Parameter(header: header.lowercased(), path: path + [property.name]))
            }
            collect(property.value, path + [property.name], &found)
        }
    }

    /// What may be part of a header's name (RFC 9110, 5.6.2): a schema is another server's word.
    private static func isToken(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
                default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
                }
            }
    }
}
