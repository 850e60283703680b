import AuthorityPorts
import CanonicalEncoding
import DomainModel
import Foundation
import ModelContextProtocol
import Synchronization
import Testing
import ToolUpstreams

/// Credentials of a server: where they are read, and where they must not be seen.
@Suite(.timeLimit(.minutes(2))) struct SettingSourcesTests {
    private func reason(_ settings: [UpstreamServer.Setting], _ sources: SettingSources) async throws -> String {
        let server = UpstreamServer(
            name: "s", transport: .command(.init(argv: ["/usr/bin/true"], environment: settings)))
        let recorder = Recorder()
        let made = StdioUpstream(server, sources: sources, observe: { recorder.record($0) })
        let upstream = try #require(made)
        return try await withThrowingTaskGroup(of: Void.self) { group -> String in
            group.addTask { await upstream.run() }
            defer { group.cancelAll() }
            try await recorder.wait("an end") { !$0.isEmpty }
            guard case .disconnected(let reason)? = recorder.events.first else { return "" }
            return reason
        }
    }

    @Test func `files of the authority itself are handed to nobody, not through a link either`() async throws {
        let directory = try TemporaryDirectory()
        let own = directory.path("data")
        try FileManager.default.createDirectory(atPath: own, withIntermediateDirectories: true)
        try Data("secret".utf8).write(to: URL(filePath: "\(own)/key"))
        try FileManager.default.createSymbolicLink(atPath: directory.path("link"), withDestinationPath: "\(own)/key")
        try Data("mine".utf8).write(to: URL(filePath: directory.path("database")))
        let sources = SettingSources(variable: { _ in nil }, own: [own])
        for path in ["\(own)/key", "\(own)/../data/key", directory.path("link")] {
            let reason = try await reason([.init(name: "T", source: .file(Text(path)))], sources)
            #expect(reason.contains("a file of Countersign itself"), "\(path): \(reason)")
        }
        let other = try await reason([.init(name: "T", source: .file(Text(directory.path("database"))))], sources)
        #expect(!other.contains("Countersign itself"), "\(other)")
    }

    @Test func `a value that the configuration held and holds no more ends the attempt, and says so`() async throws {
        let sources = SettingSources(variable: { _ in nil }, configured: { $0 == "s" && $1 == "A" ? "value" : nil })
        let settings: [UpstreamServer.Setting] = [
            .init(name: "A", source: .configuration), .init(name: "B", source: .configuration),
        ]
        #expect(try await reason(settings, sources) == "`B`: the configuration gives it no value")
        #expect(try await !reason([settings[0]], sources).contains("gives it no value"))
    }

    @Test func `a server that repeats its credential in a result is heard without it`() async throws {
        let server = ToolServerProgram.script(
            """
            for message in messages():
                say({"jsonrpc": "2.0", "id": message["id"], "result": {"text": "it is " + os.environ["TOKEN"] + "!"}})
            """, environment: [.init(name: "TOKEN", source: .environment("THE_TOKEN"))])
        let recorder = Recorder()
        let sources = SettingSources(variable: { $0 == "THE_TOKEN" ? "s3cret-value" : nil })
        let made = StdioUpstream(server, sources: sources, observe: { recorder.record($0) })
        let upstream = try #require(made)
        try await withThrowingTaskGroup(of: Void.self) { group -> Void in
            group.addTask { await upstream.run() }
            defer { group.cancelAll() }
            try await recorder.waitUntilConnected()
            let outcome = try await upstream.ask(UpstreamCall(method: "tools/call"))
            #expect(outcome == .result(["text": "it is [redacted]!"]))
        }
    }

    @Test func `an answer beyond the call's limit is too large, and the next call is answered`() async throws {
        let server = ToolServerProgram.script(
            """
            for message in messages():
                say({"jsonrpc": "2.0", "id": message["id"], "result": {"text": "x" * 2000}})
            """)
        let recorder = Recorder()
        let made = StdioUpstream(
            server, sources: SettingSources(variable: { _ in nil }), observe: { recorder.record($0) })
        let upstream = try #require(made)
        try await withThrowingTaskGroup(of: Void.self) { group -> Void in
            group.addTask { await upstream.run() }
            defer { group.cancelAll() }
            try await recorder.waitUntilConnected()
            var refusal: UpstreamError?
            do throws(UpstreamError) {
                _ = try await upstream.ask(UpstreamCall(method: "tools/call", resultBytes: 1_000))
            } catch { refusal = error }
            #expect(refusal == .tooLarge)
            guard case .result = try await upstream.ask(UpstreamCall(method: "tools/call", resultBytes: 3_000)) else {
                Issue.record("no result")
                return
            }
        }
    }
}
