import CanonicalEncoding
import DomainModel
import Foundation
import ModelContextProtocol

/// A tool server as a real process, which writes down each call before it does anything: what it was asked is its effect.
final class OrdersProgram: Sendable {
    let directory: String

    init() throws {
        directory = FileManager.default.temporaryDirectory.appending(path: "orders-\(UUID())").path(
            percentEncoded: false)
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: directory) }

    func server(
        _ limits: UpstreamServer.Limits = .init(), _ previews: [UpstreamServer.Preview] = []
    ) -> UpstreamServer {
        UpstreamServer(
            name: "orders",
            transport: .command(.init(argv: ["/usr/bin/python3", "-c", Text(Self.source), Text(directory)])),
            target: Target(
                name: "orders", resource: ResourceReference(type: "Database", id: "prod/orders"), environment: "prod"),
            limits: limits, previews: previews)
    }

    /// Every request that reached the server, in order: method and parameters, as they were written.
    var asked: [String] {
        let text = (try? String(contentsOfFile: "\(directory)/asked", encoding: .utf8)) ?? ""
        return text.split(separator: "\n").map(String.init)
    }

    /// How often a tool was called.
    func count(_ tool: String) -> Int {
        asked.count { $0.contains("\"name\":\"\(tool)\"") }
    }

    /// What the tool `waits` waits for.
    func open() throws { try Data().write(to: URL(filePath: "\(directory)/open")) }

    /// What the tool `rows` says from now on; nil: it fails.
    func setRows(_ rows: Int?, unseen: String = "3") throws {
        let said = rows.map { #"{"rows": \#($0), "orders": ["order \#($0)"], "unseen": "\#(unseen)"}"# } ?? ""
        try Data(said.utf8).write(to: URL(filePath: "\(directory)/rows"), options: .atomic)
    }

    /// As the server publishes them.
    static let tools: [JSONObject] = [
        tool("count", ["status": ["type": "string"], "limit": ["type": "integer"]], required: ["status"]),
        tool("delete", ["status": ["type": "string"]], required: ["status"]),
        tool("rows", ["status": ["type": "string"]], required: ["status"]), tool("drop", [:]), tool("fails", [:]),
        tool("refuses", [:]), tool("dies", [:]), tool("silent", [:]),
        tool("garbles", [:]), tool("large", ["bytes": ["type": "integer"]]), tool("waits", [:]),
        tool("reports", [:]), tool("ratio", ["of": ["type": "number"]]),
    ]

    static func tool(_ name: Text, _ properties: JSONObject, required: [JSONValue] = []) -> JSONObject {
        [
            "name": .string(name), "description": "Something with orders.",
            "inputSchema": [
                "type": "object", "properties": .object(properties), "required": .array(required),
                "additionalProperties": false,
            ],
        ]
    }

    private static let source = """
        import json, os, sys, time
        directory = sys.argv[1]
        def say(message):
            sys.stdout.write(json.dumps(message) + "\\n")
            sys.stdout.flush()
        for line in sys.stdin:
            message = json.loads(line)
            method, id = message.get("method"), message.get("id")
            def result(value):
                say({"jsonrpc": "2.0", "id": id, "result": value})
            def text(words, **more):
                result({"content": [{"type": "text", "text": words}], **more})
            if method == "initialize":
                result({"protocolVersion": "2025-11-25", "capabilities": {"tools": {}, "resources": {}, "prompts": {}},
                        "serverInfo": {"name": "orders", "version": "1"}})
                continue
            if id is None or method is None:
                continue
            if method == "ping":
                result({})
                continue
            params = message["params"]
            with open(directory + "/asked", "a") as asked:
                asked.write(json.dumps({"method": method, "params": params}, separators=(",", ":")) + "\\n")
            name = params.get("name")
            arguments = params.get("arguments", {})
            if method == "resources/read":
                result({"contents": [{"uri": params["uri"], "text": "orders"}]})
            elif method != "tools/call":
                result({"method": method})
            elif name == "fails":
                text("no such order", isError=True)
            elif name == "refuses":
                say({"jsonrpc": "2.0", "id": id, "error": {"code": -32602, "message": "not like this", "data": {"x": 1}}})
            elif name == "rows":
                said = open(directory + "/rows").read()
                if said:
                    result({"content": [], "structuredContent": json.loads(said)})
                else:
                    text("no rows", isError=True)
            elif name == "dies":
                sys.exit(3)
            elif name == "silent":
                pass
            elif name == "garbles":
                say({"jsonrpc": "2.0", "id": id, "result": 7})
            elif name == "large":
                text("x" * arguments["bytes"])
            elif name == "waits":
                while not os.path.exists(directory + "/open"):
                    time.sleep(0.002)
                text("it waited")
            elif name == "reports":
                token = params["_meta"]["progressToken"]
                for step in range(3):
                    say({"jsonrpc": "2.0", "method": "notifications/progress",
                         "params": {"progressToken": token, "progress": step}})
                text("reported")
            else:
                text(name, structuredContent={"arguments": arguments})
        """
}
