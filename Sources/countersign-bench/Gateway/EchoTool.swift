import CanonicalEncoding
import Foundation

/// A tool server with one tool, which says again what it is told. It does as little as a server can, so that whoever stands before it is
/// what is measured.
enum EchoTool {
    /// Begins each answer of the tool, and nothing else: by this a caller sees that its call arrived.
    static let mark: StaticString = "echoed: "

    static let definition: JSONValue = [
        "name": "echo", "description": "Says it again.",
        "inputSchema": [
            "type": "object", "properties": ["text": ["type": "string"]], "required": ["text"],
            "additionalProperties": false,
        ],
        "annotations": ["readOnlyHint": true, "openWorldHint": false],
    ]

    /// The answer to one message; nil where none is owed.
    static func answer(to message: some Collection<UInt8>) -> [UInt8]? {
        guard let json = try? JSONReader.read(Array(message)), let id = json["id"], let method = json["method"] else {
            return nil
        }
        var answer: JSONObject = ["jsonrpc": "2.0", "id": id]
        if var result = result(of: method, json["params"]) {
            if json["params"]?["_meta"]?["io.modelcontextprotocol/protocolVersion"] != nil {
                result["resultType"] = "complete"
            }
            answer["result"] = .object(result)
        } else {
            answer["error"] = ["code": -32601, "message": "There is no such method."]
        }
        return CanonicalJSON.encode(.object(answer))
    }

    private static func result(of method: JSONValue, _ params: JSONValue?) -> JSONObject? {
        switch method {
        case "initialize":
            [
                "protocolVersion": params?["protocolVersion"] ?? "2025-06-18", "capabilities": ["tools": [:]],
                "serverInfo": ["name": "echo", "version": "1"],
            ]
        case "tools/list": ["tools": [definition]]
        case "tools/call":
            [
                "content": [
                    [
                        "type": "text",
                        "text": .string("\(Text("\(mark)"))\(params?["arguments"]?["text"]?.textValue ?? "")"),
                    ]
                ]
            ]
        case "ping": [:]
        default: nil
        }
    }

    /// Speaks over standard input and output, a message a line.
    static func serveStandardStreams() {
        while let line = readLine(strippingNewline: true) {
            guard let answer = answer(to: line.utf8) else { continue }
            let message = answer + [UInt8(ascii: "\n")]
            guard write(STDOUT_FILENO, message, message.count) == message.count else { return }
        }
    }
}
