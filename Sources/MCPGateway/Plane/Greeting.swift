import CanonicalEncoding
import ModelContextProtocol

/// What the gateway says of itself.
enum Greeting {
    static let instructions: Text = """
        Calls through this server are checked against policy. A call may have to wait until a person approves it: the answer then says \
        so, and that nothing has run yet. Make the same call again later to take it up; it runs once.
        """

    static func server(_ version: Text) -> JSONValue {
        ["name": "countersign", "title": "Countersign", "version": .string(version)]
    }

    static func capabilities(of revision: ProtocolRevision) -> JSONObject {
        var capabilities: JSONObject = [
            "tools": ["listChanged": true], "resources": ["listChanged": true], "prompts": ["listChanged": true],
            "completions": [:],
        ]
        if revision == .november2025 {
            capabilities["tasks"] = ["list": [:], "cancel": [:], "requests": ["tools": ["call": [:]]]]
        }
        if revision.isStateless {
            capabilities["extensions"] = .object(JSONObject(single: CallEnvelope.tasksExtension, [:]))
        }
        return capabilities
    }
}

extension JSONObject {
    init(single name: Text, _ value: JSONValue) {
        self.init()
        self[name] = value
    }
}
