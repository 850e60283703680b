import AsyncHTTPClient
import AuthorityPorts
import CanonicalEncoding
import DomainModel
import Foundation
import Glibc
import ModelContextProtocol
import Testing
import ToolUpstreams

@Suite(.timeLimit(.minutes(2))) struct HTTPUpstreamTests {
    /// An HTTP server of a few lines: `answer` gets each message with its headers and gives status, headers and body.
    private static func script(_ answer: String, port file: String) -> [String] {
        [
            "-c",
            """
            import http.server, json, sys
            class Handler(http.server.BaseHTTPRequestHandler):
                protocol_version = "HTTP/1.1"
                def log_message(self, *arguments): pass
                def do_POST(self):
                    message = json.loads(self.rfile.read(int(self.headers["content-length"])))
                    greeting = {"protocolVersion": "2025-11-25", "capabilities": {}, "serverInfo": {"name": "s", "version": "1"}}
                    if message["method"] == "initialize":
                        made = answered = (200, {"content-type": "application/json", "mcp-session-id": "one"},
                            json.dumps({"jsonrpc": "2.0", "id": message["id"], "result": greeting}))
                    elif "id" not in message:
                        answered = (202, {}, "")
                    else:
                        answered = answer(message, self.headers)
                    if answered is None:
                        self.connection.close()
                        return
                    status, headers, body = answered
                    self.send_response(status)
                    for name, value in headers.items(): self.send_header(name, value)
                    self.send_header("content-length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body.encode())
            asked = []
            \(answer)
            server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
            open(\(String(reflecting: file + ".new")), "w").write(str(server.server_port))
            import os; os.rename(\(String(reflecting: file + ".new")), \(String(reflecting: file)))
            server.serve_forever()
            """,
        ]
    }

    /// Runs a scripted server while the body runs; the body gets its upstream.
    private func with(
        _ answer: String, headers: [UpstreamServer.Setting] = [], _ body: (HTTPUpstream) async throws -> Void
    ) async throws {
        let directory = try TemporaryDirectory()
        let program = Process()
        program.executableURL = URL(filePath: "/usr/bin/python3")
        program.arguments = Self.script(answer, port: directory.path("port"))
        try program.run()
        defer {
            // Other tests of this process ignore SIGTERM, and a child inherits that.
            kill(program.processIdentifier, SIGKILL)
            program.waitUntilExit()
        }
        let port = try await Self.port(in: directory.path("port"))
        let client = HTTPClient(configuration: HTTPUpstream.configuration)
        let made = HTTPUpstream(
            UpstreamServer(
                name: "scripted",
                transport: .http(UpstreamServer.Endpoint(url: "http://127.0.0.1:\(port)/mcp", headers: headers))),
            client: client, sources: SettingSources { $0 == "TOKEN" ? "Bearer s3cret" : nil }, observe: { _ in })
        let upstream = try #require(made)
        let outcome: Result<Void, any Error>
        do { outcome = .success(try await body(upstream)) } catch { outcome = .failure(error) }
        try await client.shutdown()
        try outcome.get()
    }

    private static func port(in file: String) async throws -> Text {
        let clock = ContinuousClock()
        let end = clock.now + .seconds(30)
        while clock.now < end {
            if let text = try? String(contentsOfFile: file, encoding: .utf8) { return Text(text) }
            try await Task.sleep(for: .milliseconds(10))
        }
        throw CancellationError()
    }

    private func call(_ timeout: Duration = .seconds(20)) -> UpstreamCall {
        UpstreamCall(method: "tools/call", params: ["name": "a", "arguments": [:]], timeout: timeout)
    }

    @Test func `an answer comes as JSON or at the end of a stream, with its session and its credential`() async throws {
        try await with(
            """
            def answer(message, headers):
                result = {"session": headers["mcp-session-id"], "isKnown": headers["authorization"] == "Bearer s3cret",
                    "revision": headers["mcp-protocol-version"]}
                reply = json.dumps({"jsonrpc": "2.0", "id": message["id"], "result": result})
                asked.append(1)
                if len(asked) == 1:
                    return (200, {"content-type": "application/json"}, reply)
                other = json.dumps({"jsonrpc": "2.0", "method": "notifications/message", "params": {}})
                return (200, {"content-type": "text/event-stream"}, "data: %s\\n\\ndata: %s\\n\\n" % (other, reply))
            """, headers: [UpstreamServer.Setting(name: "authorization", source: .environment("TOKEN"))]
        ) { upstream in
            for _ in 0..<2 {
                let outcome = try await upstream.ask(call())
                #expect(outcome == .result(["session": "one", "isKnown": true, "revision": "2025-11-25"]))
            }
        }
    }

    @Test func `a session that the server ended is opened anew, and the call is made once`() async throws {
        try await with(
            """
            def answer(message, headers):
                asked.append(1)
                if len(asked) == 1:
                    return (404, {}, "")
                return (200, {"content-type": "application/json"},
                    json.dumps({"jsonrpc": "2.0", "id": message["id"], "result": {"asked": len(asked)}}))
            """
        ) { upstream in
            let outcome = try await upstream.ask(call())
            #expect(outcome == .result(["asked": 2]))
        }
    }

    @Test(arguments: [
        ("return None", true), (#"return (200, {"content-type": "text/event-stream"}, "data: {}\n\n")"#, true),
        (#"return (200, {"content-type": "text/html"}, "<p>")"#, true), (#"return (401, {}, "")"#, false),
        (#"return (302, {"location": "http://127.0.0.1:1/"}, "")"#, true),
        (#"return (200, {"content-type": "application/json"}, "x" * 9000000)"#, true),
        (#"return (200, {"content-type": "application/json"}, '{"jsonrpc":"2.0","id":1,"id":1,"result":{}}')"#, true),
    ])
    func `what is no answer says whether the call may have happened`(line: String, mayHaveHappened: Bool) async throws {
        try await with("def answer(message, headers):\n    \(line)") { upstream in
            let error = await #expect(throws: UpstreamError.self) { try await upstream.ask(self.call()) }
            #expect(error?.mayHaveHappened == mayHaveHappened)
        }
    }

    @Test func `a server that is not there was asked nothing`() async throws {
        let client = HTTPClient(configuration: HTTPUpstream.configuration)
        let made = HTTPUpstream(
            UpstreamServer(name: "none", transport: .http(UpstreamServer.Endpoint(url: "http://127.0.0.1:1/mcp"))),
            client: client, sources: SettingSources { _ in nil }, observe: { _ in })
        let upstream = try #require(made)
        let error = await #expect(throws: UpstreamError.self) { try await upstream.ask(self.call()) }
        #expect(error?.mayHaveHappened == false)
        try await client.shutdown()
    }

    @Test func `an answer that does not come in time may have happened`() async throws {
        try await with("import time\ndef answer(message, headers):\n    time.sleep(5)") { upstream in
            _ = try await upstream.greeted()
            let error = await #expect(throws: UpstreamError.self) {
                try await upstream.ask(self.call(.milliseconds(200)))
            }
            #expect(error == .timedOut)
        }
    }
}
