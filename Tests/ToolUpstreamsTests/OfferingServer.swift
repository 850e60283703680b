import CanonicalEncoding
import DomainModel
import Foundation

/// A tool server that offers what a file says when it is asked, and announces changes when it is told to.
struct OfferingServer {
    let directory: TemporaryDirectory
    private var file: String { directory.path("offer.json") }

    init(_ offer: JSONObject) throws {
        directory = try TemporaryDirectory()
        try self.offer(offer)
    }

    /// From the next asking on.
    func offer(_ offer: JSONObject) throws {
        try Data(CanonicalJSON.encode(.object(offer))).write(to: URL(filePath: file), options: .atomic)
    }

    static func tool(_ name: Text, _ more: JSONObject = [:]) -> JSONValue {
        var tool: JSONObject = [
            "name": .string(name), "description": "what it does",
            "inputSchema": ["type": "object", "properties": ["id": ["type": "integer"]], "required": ["id"]],
        ]
        for member in more.members { tool[member.name] = member.value }
        return .object(tool)
    }

    func server(name: Text = "shop", believesAnnotations: Bool = false) -> UpstreamServer {
        UpstreamServer(
            name: name,
            transport: .command(.init(argv: ["/usr/bin/python3", "-c", Text(Self.program), Text(file)])),
            target: Target(name: "shop", resource: .init(type: "Shop", id: "main"), environment: "test"),
            believesAnnotations: believesAnnotations)
    }

    private static let program = """
        import json, sys
        def say(message):
            print(json.dumps({"jsonrpc": "2.0", **message}), flush=True)
        for line in sys.stdin:
            message = json.loads(line)
            method, offer = message.get("method"), json.load(open(sys.argv[1]))
            if method == "initialize":
                if offer.get("refuses"):
                    sys.exit(3)
                capabilities = {"tools": {"listChanged": True}, **offer.get("capabilities", {})}
                say({"id": message["id"], "result": {"protocolVersion": "2025-11-25", "capabilities": capabilities,
                    "serverInfo": {"name": "offering", "version": "1"}}})
            elif method == "tools/call":
                say({"method": "notifications/tools/list_changed"})
                say({"id": message["id"], "result": {"content": []}})
            elif method == "tools/list":
                at = int(message.get("params", {}).get("cursor", "0"))
                result = {"tools": offer.get("tools", [])[at:at + 2]}
                if at + 2 < len(offer.get("tools", [])):
                    result["nextCursor"] = str(at + 2)
                say({"id": message["id"], "result": result})
            elif "id" in message:
                member = {"resources/list": "resources", "resources/templates/list": "resourceTemplates",
                    "prompts/list": "prompts"}.get(method)
                if member in offer:
                    say({"id": message["id"], "result": {member: offer[member]}})
                else:
                    say({"id": message["id"], "error": {"code": -32601, "message": "no such method"}})

        """
}
