import AuthorityPorts
import CanonicalEncoding
import DomainModel
import Foundation
import ModelContextProtocol
import Synchronization
import Testing
import ToolUpstreams

@Suite(.timeLimit(.minutes(2))) struct StdioUpstreamTests {
    /// Runs the server while the body runs.
    private func with(
        _ server: UpstreamServer, variables: [String: String] = [:],
        _ body: (StdioUpstream, Recorder) async throws -> Void
    ) async throws {
        let recorder = Recorder()
        let made = StdioUpstream(server, sources: SettingSources { variables[$0] }, observe: { recorder.record($0) })
        let upstream = try #require(made)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await upstream.run() }
            do { try await body(upstream, recorder) } catch {
                group.cancelAll()
                throw error
            }
            group.cancelAll()
        }
    }

    private func called(_ tool: Text, _ arguments: JSONObject) -> UpstreamCall {
        UpstreamCall(
            method: "tools/call", params: ["name": .string(tool), "arguments": .object(arguments)],
            timeout: .seconds(30))
    }

    @Test func `a server of the official SDK is greeted, lists its tools and does what it is asked`() async throws {
        let directory = try TemporaryDirectory()
        try await with(ToolServerProgram.orders(in: directory)) { upstream, recorder in
            try await recorder.waitUntilConnected()
            #expect(upstream.greeting?.name == "orders")
            guard case .result(let list) = try await upstream.ask(UpstreamCall(method: "tools/list")) else {
                Issue.record("no list")
                return
            }
            let tools = try (list["tools"]?.arrayValue ?? []).map { try ToolDefinition(json: $0) }
            #expect(
                tools.map(\.name.string).sorted() == ["count_orders", "delete_orders", "export_orders", "read_orders"])
            #expect(tools.first { $0.name == "delete_orders" }?.hints.isDestructive == true)
            _ = try await upstream.ask(called("delete_orders", ["status": "void"]))
            guard case .result(let result) = try await upstream.ask(called("count_orders", ["status": "void"])) else {
                Issue.record("no count")
                return
            }
            #expect(result["structuredContent"]?["result"] == 0)
        }
    }

    @Test func `progress is heard by whoever asked, before the answer`() async throws {
        let directory = try TemporaryDirectory()
        try await with(ToolServerProgram.orders(in: directory)) { upstream, recorder in
            try await recorder.waitUntilConnected()
            let heard = Mutex<[JSONValue?]>([])
            var call = called("export_orders", ["seconds": 0.1])
            call.onProgress = { params in heard.withLock { $0.append(params["progress"]) } }
            _ = try await upstream.ask(call)
            #expect(heard.withLock { $0.count } == 4)
        }
    }

    @Test func `a process that ends is started again, and what it had been asked is lost and not repeated`()
        async throws
    {
        let directory = try TemporaryDirectory()
        let log = directory.path("asked")
        let server = ToolServerProgram.script(
            """
            for message in messages():
                open(\(String(reflecting: log)), "a").write(message["params"]["name"] + "\\n")
                if message["params"]["name"] == "die":
                    sys.exit(3)
                say({"jsonrpc": "2.0", "id": message["id"], "result": {"content": []}})
            """)
        try await with(server) { upstream, recorder in
            try await recorder.waitUntilConnected()
            let error = await #expect(throws: UpstreamError.self) { try await upstream.ask(self.called("die", [:])) }
            #expect(error?.mayHaveHappened == true)
            try await recorder.waitUntilConnected(times: 2)
            _ = try await upstream.ask(called("live", [:]))
            #expect(try String(contentsOfFile: log, encoding: .utf8) == "die\nlive\n")
        }
    }

    @Test func `an answer that does not come in time may have happened, and the server is told`() async throws {
        let server = ToolServerProgram.script(
            """
            for message in messages():
                pass
            """)
        try await with(server) { upstream, recorder in
            try await recorder.waitUntilConnected()
            var call = called("slow", [:])
            call.timeout = .milliseconds(200)
            let error = await #expect(throws: UpstreamError.self) { try await upstream.ask(call) }
            #expect(error == .timedOut)
        }
    }

    @Test(arguments: ["sampling/createMessage", "elicitation/create", "roots/list"])
    func `what a server asks of its client is refused`(method: String) async throws {
        let server = ToolServerProgram.script(
            """
            asked = None
            for message in messages():
                if "method" in message:
                    asked = message["id"]
                    say({"jsonrpc": "2.0", "id": "mine", "method": "\(method)", "params": {}})
                else:
                    say({"jsonrpc": "2.0", "id": asked, "result": {"answer": message}})
            """)
        try await with(server) { upstream, recorder in
            try await recorder.waitUntilConnected()
            guard case .result(let result) = try await upstream.ask(called("ask", [:])) else {
                Issue.record("no result")
                return
            }
            #expect(result["answer"]?["error"]?["code"] == -32601)
        }
    }

    @Test func `a credential reaches the process and is in nothing that it says`() async throws {
        let server = ToolServerProgram.script(
            """
            print("token", os.environ["TOKEN"], "home", os.environ.get("HOME"), file=sys.stderr, flush=True)
            for message in messages():
                say({"jsonrpc": "2.0", "id": message["id"], "result": {"long": len(os.environ["TOKEN"])}})
            """, environment: [UpstreamServer.Setting(name: "TOKEN", source: .environment("ORDERS_TOKEN"))])
        try await with(server, variables: ["ORDERS_TOKEN": "s3cret-value"]) { upstream, recorder in
            try await recorder.waitUntilConnected()
            guard case .result(let result) = try await upstream.ask(called("x", [:])) else { return }
            #expect(result["long"] == 12)
            try await recorder.wait("its standard error") { $0.contains(.said("token [redacted] home None")) }
            #expect(!"\(recorder.events)".contains("s3cret-value"))
        }
    }

    @Test func `a credential that is not there keeps the server away, with the reason`() async throws {
        let server = ToolServerProgram.script(
            "", environment: [UpstreamServer.Setting(name: "TOKEN", source: .file("/nowhere/token"))])
        try await with(server) { upstream, recorder in
            try await recorder.wait("the reason") { events in
                events.contains {
                    if case .disconnected(let reason) = $0 { reason.contains("/nowhere/token") } else { false }
                }
            }
            let error = await #expect(throws: UpstreamError.self) { try await upstream.ask(self.called("x", [:])) }
            #expect(error?.mayHaveHappened == false)
        }
    }

    @Test func `a message beyond the limit ends the process, and the call may have happened`() async throws {
        let server = ToolServerProgram.script(
            """
            for message in messages():
                say({"jsonrpc": "2.0", "id": message["id"], "result": {"text": "x" * 9_000_000}})
            """)
        try await with(server) { upstream, recorder in
            try await recorder.waitUntilConnected()
            let error = await #expect(throws: UpstreamError.self) { try await upstream.ask(self.called("large", [:])) }
            #expect(error?.mayHaveHappened == true)
        }
    }

    @Test func `lines that are no messages, doubled members and answers to nobody change nothing`() async throws {
        let server = ToolServerProgram.script(
            """
            for message in messages():
                print("hello", flush=True)
                print('{"jsonrpc":"2.0","id":%d,"id":%d,"result":{"wrong":1}}' % (message["id"], message["id"]), flush=True)
                print('[{"jsonrpc":"2.0","id":%d,"result":{"wrong":1}}]' % message["id"], flush=True)
                say({"jsonrpc": "2.0", "id": 4711, "result": {"wrong": 1}})
                say({"jsonrpc": "2.0", "id": message["id"], "result": {"right": 1}})
                say({"jsonrpc": "2.0", "id": message["id"], "result": {"wrong": 1}})
            """)
        try await with(server) { upstream, recorder in
            try await recorder.waitUntilConnected()
            for _ in 0..<2 {
                guard case .result(let result) = try await upstream.ask(called("x", [:])) else { return }
                #expect(result == ["right": 1])
            }
        }
    }
}
