import CanonicalEncoding
import DomainModel
import Glibc
import Testing

@testable import ServerRuntime

@Suite struct ServersFileTests {
    private static let environment = ["PATH": "/nowhere:/usr/bin:/bin", "TOKEN": "s3cret"]

    private func read(_ text: String) async throws -> ConfiguredServers {
        try await withTemporaryDirectory { folder in
            try write(text, to: "\(folder)/servers.json")
            return try ServersFile(path: "\(folder)/servers.json", environment: Self.environment).found
        }
    }

    @Test func `the form that clients use is taken, and what it leaves out has the default that gives nothing away`()
        async throws
    {
        let found = try await read(
            #"""
            {"mcpServers": {
              "files": {"command": "env", "args": ["-i", "x"], "env": {"LEVEL": "debug", "KEY": "${env:TOKEN}"}},
              "web": {"type": "http", "url": "https://a.example/mcp", "headers": {"Authorization": "Bearer ${env:TOKEN}"}},
              "old": {"command": "env", "disabled": true}
            }}
            """#)
        #expect(found.servers.map(\.name) == ["files", "web"])
        let files = found.servers[0]
        guard case .command(let command) = files.transport else {
            Issue.record("no command")
            return
        }
        #expect(command.argv == ["/usr/bin/env", "-i", "x"])
        #expect(
            command.environment == [
                .init(name: "LEVEL", source: .configuration), .init(name: "KEY", source: .environment("TOKEN")),
                .init(name: "HOME", source: .environment("HOME")), .init(name: "PATH", source: .environment("PATH")),
            ])
        #expect(files.target == UpstreamServer.usualTarget(of: "files") && !files.believesAnnotations)
        #expect(files.limits == .init() && files.previews.isEmpty)
        #expect(found.servers[1].settings == [.init(name: "Authorization", source: .configuration)])
        #expect(!CanonicalJSON.text(found.servers[1].json).contains("TOKEN"))
    }

    @Test func `a value is put together when it is needed, from what is there then`() async throws {
        let found = try await read(
            #"{"servers": {"web": {"url": "https://a.example", "headers": {"A": "x ${env:TOKEN}/${file:/run/t}!", "B": "y"}}}}"#
        )
        let template = try #require(found.values["web"]?["A"])
        #expect(template.value(environment: Self.environment) { $0 == "/run/t" ? "line" : nil } == "x s3cret/line!")
        #expect(template.value(environment: [:]) { _ in "line" } == nil)
        #expect(template.value(environment: Self.environment) { _ in nil } == nil)
        #expect(found.values["web"]?["B"]?.value(environment: [:]) { _ in nil } == "y")
    }

    @Test func `our own members are taken`() async throws {
        let found = try await read(
            #"""
            {"mcpServers": {"a": {"url": "http://127.0.0.1:1/mcp",
              "target": {"type": "Database", "id": "prod/orders", "environment": "prod"}, "believeAnnotations": true,
              "resultBytes": 2048, "callSeconds": 5, "holdSeconds": 0,
              "previews": [{"tool": "delete", "preview": "count", "fields": ["/rows"]}]}}}
            """#)
        let server = try #require(found.servers.first)
        #expect(server.target.resource.id == "prod/orders" && server.target.name == "a" && server.believesAnnotations)
        #expect(server.limits == .init(resultBytes: 2048, callSeconds: 5, holdSeconds: 0))
        #expect(server.previews == [.init(tool: "delete", preview: "count", fields: ["/rows"])])
    }

    @Test(arguments: [
        #"{}"#, #"[]"#, #"{"mcpServers": {}, "more": {}}"#,
        #"{"mcpServers": {"A b": {"url": "https://a.example"}}}"#,
        #"{"mcpServers": {"a": {"url": "http://a.example"}}}"#,
        #"{"mcpServers": {"a": {"url": "https://a.example/${env:TOKEN}"}}}"#,
        #"{"mcpServers": {"a": {"url": "https://a.example", "type": "sse"}}}"#,
        #"{"mcpServers": {"a": {"url": "https://a.example", "command": "env"}}}"#,
        #"{"mcpServers": {"a": {"url": "https://a.example", "tmeout": 3}}}"#,
        #"{"mcpServers": {"a": {"url": "https://a.example", "callSeconds": 0}}}"#,
        #"{"mcpServers": {"a": {"url": "https://a.example", "headers": {"A": "${vault:x}"}}}}"#,
        #"{"mcpServers": {"a": {"url": "https://a.example", "headers": {"A": "${file:relative}"}}}}"#,
        #"{"mcpServers": {"a": {"url": "https://a.example", "headers": {"A": 3}}}}"#,
        #"{"mcpServers": {"a": {"url": "https://a.example", "target": {"type": "T"}}}}"#,
        #"{"mcpServers": {"a": {"command": "no-such-program-anywhere"}}}"#,
        #"{"mcpServers": {"a": {"command": "env", "args": ["--key=${env:TOKEN}"]}}}"#,
        #"{"mcpServers": {"a": {"command": "env", "env": {"A B": "x"}}}}"#,
        #"{"mcpServers": {"a": {"url": "https://a.example"}, "a": {"url": "https://b.example"}}}"#,
    ])
    func `what cannot be meant is refused with a hint, and no value of it is repeated`(text: String) async {
        do {
            _ = try await read(text)
            Issue.record("it was taken")
        } catch {
            let problem = error as? ConfigurationProblem
            #expect(problem?.hint.isEmpty == false && problem?.problem.contains("s3cret") == false, "\(error)")
        }
    }

    @Test func `a file that others can read is told from one that is its user's alone`() async throws {
        try await withTemporaryDirectory { folder in
            let path = "\(folder)/servers.json"
            try write(#"{"mcpServers": {}}"#, to: path)
            for (mode, isOpen) in [(0o600, false), (0o640, true), (0o604, true)] {
                chmod(path, mode_t(mode))
                #expect(try ServersFile(path: path, environment: [:]).isOpenToOthers == isOpen)
            }
        }
    }
}
