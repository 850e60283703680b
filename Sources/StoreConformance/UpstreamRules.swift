import AuthorityPorts
import CanonicalEncoding
import DomainModel

extension StoreConformanceSuite {
    /// Every member, sources of each kind included.
    private static let processServer = UpstreamServer(
        name: "files",
        transport: .command(
            .init(
                argv: ["/usr/bin/env", "a b"], directory: "/srv",
                environment: [
                    .init(name: "PATH", source: .text("/bin")), .init(name: "TOKEN", source: .file("/run/token")),
                    .init(name: "OTHER", source: .environment("FILES_OTHER")),
                    .init(name: "THIRD", source: .configuration),
                ])),
        target: Target(name: "prod", resource: .init(type: "Folder", id: "/srv\0"), environment: "prod"),
        believesAnnotations: true, limits: .init(resultBytes: 1_024, callSeconds: 3, holdSeconds: 0),
        previews: [.init(tool: "delete", preview: "count", fields: ["/rows"])])
    private static let webServer = UpstreamServer(name: "orders", transport: .http(.init(url: "https://a.example/mcp")))

    private static func registration(_ server: UpstreamServer, _ number: Int) -> UpstreamRegistration {
        UpstreamRegistration(server: server, registeredAt: Sample.time(number), registeredBy: "change:\(number)")
    }

    private static func seen(
        _ name: Text, _ number: Int, _ state: DiscoveredTool.State = .offered, server: Text = "files"
    ) -> DiscoveredTool {
        DiscoveredTool(
            server: server, name: name, state: state, digest: Sample.digest(number),
            definition: ["name": .string(name), "text": "a\0b", "half": 0.5, "number": .integer(Int64(number))],
            problem: number.isMultiple(of: 2) ? "why\0" : nil, seenAt: Sample.time(number))
    }

    static let upstreamRules: [Rule] = [
        Rule("tool servers are kept whole, replaced by name, listed by name and removed") { subject in
            let store = subject.store
            let registrations = [registration(webServer, 1), registration(processServer, 2)]
            var replaced = webServer
            replaced.limits.callSeconds = 9
            let again = registration(replaced, 3)
            try await store.write("test") { transaction in
                for registration in registrations { try transaction.save(registration) }
            }
            try expectEqual(try await store.read { try $0.upstream("orders") }, registrations[0], "the server")
            try await store.write("test") { try $0.save(again) }
            try expectEqual(try await store.read { try $0.upstreams() }, [registrations[1], again], "the servers")
            try await store.write("test") { try $0.removeUpstream("orders") }
            try expectEqual(try await store.read { try $0.upstreams() }, [registrations[1]], "what is left")
            try expect(try await store.read { try $0.upstream("orders") } == nil, "a removed server is there")
            let reopened = try await subject.reopen()
            try expectEqual(try await reopened.read { try $0.upstreams() }, [registrations[1]], "after opening again")
        },
        Rule("what was discovered last of a tool holds, and everything before it is kept") { subject in
            let store = subject.store
            let bare = DiscoveredTool(server: "files", name: "b\0", state: .gone, seenAt: Sample.time(9))
            let seen = [
                seen("b\0", 1), seen("a", 2, .unusable), seen("a", 3), seen("a", 4, server: "other"), bare,
                seen("a", 5, .withdrawn),
            ]
            try await store.write("test") { transaction in for tool in seen { try transaction.record(tool) } }
            try expectEqual(
                try await store.read { try $0.discoveredTools(of: "files") }, [seen[5], bare], "what holds")
            try expectEqual(
                try await store.read { try $0.discoveries(server: "files", name: "a", limit: 2) }, [seen[5], seen[2]],
                "the newest two")
            try expectEqual(
                try await store.read { try $0.discoveries(server: "files", name: "a", limit: 9) },
                [seen[5], seen[2], seen[1]], "all of one")
            try expectEqual(try await store.read { try $0.discoveredTools(of: "other") }, [seen[3]], "the other server")
            try await store.write("test") { try $0.removeUpstream("files") }
            try expectEqual(
                try await store.read { try $0.discoveredTools(of: "files") }, [seen[5], bare], "after the server's end")
        },
    ]
}
