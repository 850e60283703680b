import AuthorityCore
import CanonicalEncoding
import HTTPTypes
import Hummingbird
import ModelContextProtocol
import Synchronization

/// Which arguments of which tools have to stand in a header as well (2026-07-28, "Custom Headers from Tool Parameters"). Published
/// definitions say so; what was read of them is kept until a list of tools changes.
final class ParameterIndex: Sendable {
    private struct Key: Hashable {
        var scope: GatewayScope
        var tool: Text
    }

    private static let capacity = 8_192

    private let known = Mutex<[Key: [MirroredParameter]]>([:])

    func forget() { known.withLock { $0 = [:] } }

    /// Refuses unless headers and arguments say the same. A tool that the caller cannot see is refused by the call itself.
    func check(
        _ visit: Visit, tool: Text, arguments: JSONObject, _ useCases: any GatewayUseCases
    ) async throws {
        let headers = visit.mirroredHeaders
        guard !arguments.isEmpty || !headers.isEmpty else { return }
        let key = Key(scope: visit.scope, tool: tool)
        var parameters = known.withLock { $0[key] }
        if parameters == nil {
            let tools = try await useCases.list(.tools, in: visit.scope, for: visit.caller)
            remember(tools, visit.scope)
            parameters = known.withLock { $0[key] }
        }
        try Self.check(headers, against: parameters ?? [], arguments)
    }

    private func remember(_ tools: [JSONObject], _ scope: GatewayScope) {
        known.withLock { known in
            if known.count + tools.count > Self.capacity { known = [:] }
            for tool in tools {
                guard let name = tool["name"]?.textValue else { continue }
                known[Key(scope: scope, tool: name)] = MirroredParameter.all(in: tool["inputSchema"])
            }
        }
    }

    private static func check(
        _ headers: [(name: String, value: Text)], against parameters: [MirroredParameter], _ arguments: JSONObject
    ) throws(RPCError) {
        for (name, _) in headers where !parameters.contains(where: { $0.header == name }) {
            throw RPCError(.headerMismatch, "A header names a parameter that the tool does not have in headers.")
        }
        for parameter in parameters {
            let values = headers.filter { $0.name == parameter.header }.map(\.value)
            guard parameter.agrees(values, with: arguments) else {
                throw RPCError(
                    .headerMismatch, "A header of a parameter must stand once and say what the arguments say.")
            }
        }
    }
}

extension Visit {
    /// The headers that repeat arguments, by the part of their name that the schema gives, in lower case.
    fileprivate var mirroredHeaders: [(name: String, value: Text)] {
        request.headers.compactMap { field in
            let name = field.name.canonicalName
            guard name.hasPrefix(HTTPField.Name.mcpParameterPrefix) else { return nil }
            return (String(name.dropFirst(HTTPField.Name.mcpParameterPrefix.count)), Text(field.value))
        }
    }
}

/// One argument that stands in a header as well.
struct MirroredParameter: Hashable, Sendable {
    /// In lower case.
    var header: String
    var path: [Text]

    /// Reachable through `properties` alone; what is annotated elsewhere is not, and clients drop such a tool.
    static func all(in schema: JSONValue?) -> [MirroredParameter] {
        var found: [MirroredParameter] = []
        collect(schema, [], &found)
        return found
    }

    private static func collect(_ schema: JSONValue?, _ path: [Text], _ found: inout [MirroredParameter]) {
        guard path.count < 16, let properties = schema?["properties"]?.objectValue else { return }
        for property in properties.members {
            let place = path + [property.name]
            if let header = property.value["x-mcp-header"]?.stringValue {
                found.append(MirroredParameter(header: header.lowercased(), path: place))
            }
            collect(property.value, place, &found)
        }
    }

    func agrees(_ values: [Text], with arguments: JSONObject) -> Bool {
        var value: JSONValue? = .object(arguments)
        for name in path { value = value?[name] }
        guard let value, !value.isNull else { return values.isEmpty }
        guard values.count == 1, let said = HeaderValue.decoded(values[0]) else { return false }
        switch value {
        case .string(let text): return said == text
        case .bool(let bool): return said == (bool ? "true" : "false")
        case .integer(let integer): return Self.integer(said) == integer
        default: return false
        }
    }

    /// `42` and `42.0` are one number.
    private static func integer(_ text: Text) -> Int64? {
        let parts = text.string.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 1 || (parts.count == 2 && !parts[1].isEmpty && parts[1].utf8.allSatisfy { $0 == 0x30 }),
            let whole = parts.first, let integer = Int64(whole), String(integer).utf8.elementsEqual(whole.utf8)
        else { return nil }
        return integer
    }
}
