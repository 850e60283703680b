import CanonicalEncoding
import DomainModel
import Foundation
import Testing

/// The project's own tool server, run by a Python that has the official SDK; `scripts/bootstrap --tests` installs it.
enum ToolServerProgram {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    static var python: String {
        root.appending(path: ".build/python/bin/python").path(percentEncoded: false)
    }

    static func orders(in directory: TemporaryDirectory, more: [Text] = []) -> UpstreamServer {
        let program = root.appending(path: "examples/orders-server/orders_server.py").path(percentEncoded: false)
        return UpstreamServer(
            name: "orders",
            transport: .command(
                UpstreamServer.Command(
                    argv: [Text(python), Text(program), Text(directory.path("orders.db"))] + more,
                    environment: [UpstreamServer.Setting(name: "PATH", source: .text("/usr/bin:/bin"))])))
    }

    /// A server that misbehaves as its script says: each line of standard input is handed to `reply`.
    static func script(_ body: String, environment: [UpstreamServer.Setting] = []) -> UpstreamServer {
        UpstreamServer(
            name: "scripted",
            transport: .command(
                UpstreamServer.Command(
                    argv: ["/usr/bin/python3", "-c", Text(greeting + body)], environment: environment)))
    }

    /// Answers `initialize`; what comes after it is `message`.
    private static let greeting = """
        import json, os, sys, time
        def say(message):
            print(json.dumps(message), flush=True)
        def messages():
            for line in sys.stdin:
                message = json.loads(line)
                if message.get("method") == "initialize":
                    say({"jsonrpc": "2.0", "id": message["id"], "result": {"protocolVersion": "2025-11-25",
                        "capabilities": {"tools": {}}, "serverInfo": {"name": "scripted", "version": "1"}}})
                elif "id" in message and "method" in message:
                    yield message
                elif "method" not in message:
                    yield message

        """
}

/// A directory that is gone when the test is.
final class TemporaryDirectory {
    private let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appending(path: "upstreams-\(UUID())")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    func path(_ name: String) -> String { url.appending(path: name).path(percentEncoded: false) }
}
