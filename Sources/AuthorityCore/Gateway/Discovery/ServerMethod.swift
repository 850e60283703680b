package import CanonicalEncoding
import DomainModel

/// What a server can be asked beside its tools: each is an action of its own kind, under a name that no tool can have.
package enum ServerMethod: String, Sendable, CaseIterable, Hashable {
    case readResource = "resources/read"
    case getPrompt = "prompts/get"
    case complete = "completion/complete"

    package var name: Text { Text(rawValue) }

    /// The member of the server's capabilities that says that it can be asked.
    var capability: Text {
        switch self {
        case .readResource: "resources"
        case .getPrompt: "prompts"
        case .complete: "completions"
        }
    }

    var title: Text {
        switch self {
        case .readResource: "Read a resource"
        case .getPrompt: "Get a prompt"
        case .complete: "Complete an argument"
        }
    }

    /// The arguments of the action: they become the parameters of the request.
    var inputSchema: JSONObject {
        switch self {
        case .readResource: Self.schema(["uri": ["type": "string"]], required: ["uri"])
        case .getPrompt:
            Self.schema(
                [
                    "name": ["type": "string"],
                    "arguments": ["type": "object", "additionalProperties": ["type": "string"]],
                ], required: ["name"])
        case .complete:
            Self.schema(
                [
                    "ref": ["type": "object", "additionalProperties": true],
                    "argument": [
                        "type": "object", "properties": ["name": ["type": "string"], "value": ["type": "string"]],
                        "required": ["name", "value"], "additionalProperties": false,
                    ],
                    "context": ["type": "object", "additionalProperties": true],
                ], required: ["ref", "argument"])
        }
    }

    private static func schema(_ properties: JSONValue, required: JSONValue) -> JSONObject {
        ["type": "object", "properties": properties, "required": required, "additionalProperties": false]
    }
}
