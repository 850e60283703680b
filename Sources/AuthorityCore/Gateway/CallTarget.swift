import CanonicalEncoding
import DomainModel
import ModelContextProtocol
import WireProtocol

/// Which tool of which server a call is for, and with what: the words of a client in the words of an action.
struct CallTarget: Hashable, Sendable {
    let server: Text
    /// The tool's name in the registry: its own, or that of a ``ServerMethod``, whose `/` no discovered tool has.
    let tool: Text
    let arguments: JSONObject

    /// `notFound` where the name names no server in this scope.
    init(_ call: GatewayCall) throws(AuthorityError) {
        switch call.operation {
        case .callTool(let name, let arguments):
            let place = try PublishedName.place(of: name, in: call.scope)
            // A method of the protocol is no tool that a client could call by name.
            guard ToolDefinition.isName(place.name) else { throw .notFound("no tool has such a name") }
            self.init(server: place.server, tool: place.name, arguments: arguments)
        case .readResource(let uri):
            let place = try PublishedName.place(ofResource: uri, in: call.scope)
            self.init(
                server: place.server, tool: ServerMethod.readResource.name, arguments: ["uri": .string(place.name)])
        case .getPrompt(let name, let arguments):
            let place = try PublishedName.place(of: name, in: call.scope)
            self.init(
                server: place.server, tool: ServerMethod.getPrompt.name,
                arguments: ["arguments": .object(arguments), "name": .string(place.name)])
        case .complete(let params):
            try self.init(completing: params, in: call.scope)
        }
    }

    private init(server: Text, tool: Text, arguments: JSONObject) {
        self.server = server
        self.tool = tool
        self.arguments = Self.wholeNumbers(arguments)
    }

    private init(completing params: JSONObject, in scope: GatewayScope) throws(AuthorityError) {
        guard var reference = params["ref"]?.objectValue else {
            throw AuthorityError(.argumentsInvalid, "`ref` must say what is completed.")
        }
        let place: (server: Text, name: Text)
        if let name = reference["name"]?.textValue {
            place = try PublishedName.place(of: name, in: scope)
            reference["name"] = .string(place.name)
        } else if let uri = reference["uri"]?.textValue {
            place = try PublishedName.place(ofResource: uri, in: scope)
            reference["uri"] = .string(place.name)
        } else {
            throw AuthorityError(.argumentsInvalid, "`ref` must have a name or a URI.")
        }
        var arguments = params
        arguments["ref"] = .object(reference)
        self.init(server: place.server, tool: ServerMethod.complete.name, arguments: arguments)
    }

    /// `1.0` and `1` are the same number on the wire (RFC 8785), and the profile of an action keeps only whole ones.
    private static func wholeNumbers(_ object: JSONObject) -> JSONObject {
        guard hasDouble(.object(object)) else { return object }
        return wholeNumbers(.object(object)).objectValue ?? object
    }

    private static func hasDouble(_ json: JSONValue) -> Bool {
        switch json {
        case .null, .bool, .integer, .string: false
        case .double: true
        case .array(let elements): elements.contains(where: hasDouble)
        case .object(let object): object.members.contains { hasDouble($0.value) }
        }
    }

    private static func wholeNumbers(_ json: JSONValue) -> JSONValue {
        switch json {
        case .null, .bool, .integer, .string: json
        case .double(let double): Int64(exactly: double).map { .integer($0) } ?? json
        case .array(let elements): .array(elements.map(wholeNumbers))
        case .object(let object):
            .object(
                object.members.reduce(into: JSONObject()) { whole, member in
                    whole[member.name] = wholeNumbers(member.value)
                })
        }
    }
}

/// How names of servers' tools, prompts and resources stand where all servers are offered together.
enum PublishedName {
    private static let separator = Array("___".utf8)

    /// `server___name`: no server's name has an underscore, so that it parts one way.
    static func tool(_ name: Text, of server: Text, in scope: GatewayScope) -> Text {
        scope == .everything ? "\(server)___\(name)" : name
    }

    /// `server+uri`: no server's name has a plus sign, and a URI's scheme may have one (RFC 3986, 3.1).
    static func resource(_ uri: Text, of server: Text, in scope: GatewayScope) -> Text {
        scope == .everything ? "\(server)+\(uri)" : uri
    }

    static func place(
        of name: Text, in scope: GatewayScope
    ) throws(AuthorityError) -> (server: Text, name: Text) {
        if case .server(let server) = scope { return (server, name) }
        let bytes = Array(name.utf8)
        guard let end = bytes.firstIndex(of: UInt8(ascii: "_")), bytes[end...].starts(with: separator),
            let server = Text(utf8: bytes[..<end]), let rest = Text(utf8: bytes[(end + separator.count)...])
        else { throw .notFound("the name names no server") }
        return (server, rest)
    }

    static func place(
        ofResource uri: Text, in scope: GatewayScope
    ) throws(AuthorityError) -> (server: Text, name: Text) {
        if case .server(let server) = scope { return (server, uri) }
        let bytes = Array(uri.utf8)
        guard let end = bytes.firstIndex(of: UInt8(ascii: "+")), let server = Text(utf8: bytes[..<end]),
            let rest = Text(utf8: bytes[(end + 1)...])
        else { throw .notFound("the URI names no server") }
        return (server, rest)
    }
}
