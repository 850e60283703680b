@testable import ApproverConsole
@testable import AuthorityCore
import CanonicalEncoding
import DomainModel
import ModelContextProtocol

/// Tool servers as the page of tools shows them.
enum ServerSamples {
    static let orders = ToolServerView(
        registration: registration(
            UpstreamServer(
                name: "orders",
                transport: .command(
                    .init(
                        argv: ["/usr/bin/python3", "/srv/orders server.py"],
                        environment: [
                            .init(name: "PATH", source: .text("/usr/bin:/bin")),
                            .init(name: "ORDERS_TOKEN", source: .file("/run/orders-token")),
                        ])),
                target: Target(
                    name: "orders", resource: .init(type: "Database", id: "prod/orders"), environment: "prod"),
                previews: [.init(tool: "delete_orders", preview: "count_orders", fields: ["/rows"])]),
            by: "change:chg_1"),
        state: .connected(name: "orders", version: "1.4\u{202E}", .november2025),
        said: ["listening <now>", "\u{1B}[31mred"],
        lists: ServerLists(resources: [["uri": "orders://1"]], resourceTemplates: [], prompts: []),
        tools: [
            tool("delete_orders", .offered, ["title": "Delete orders", "name": "delete_orders"], changed: true),
            tool(
                "rm -rf <b>", .unusable, ["name": "rm -rf <b>"],
                problem: "`name` of its definition is not what it has to be"),
            tool("read_orders", .withdrawn, ["description": "Reads orders", "name": "read_orders"]),
            DiscoveredToolView(
                seen: DiscoveredTool(server: "orders", name: "export_orders", state: .gone, seenAt: Samples.now),
                changedAt: nil, changes: []),
        ])

    static let mail = ToolServerView(
        registration: registration(
            UpstreamServer(
                name: "mail",
                transport: .http(
                    .init(
                        url: "https://mail.example/mcp",
                        headers: [
                            .init(name: "Authorization", source: .configuration),
                            .init(name: "X-Tenant", source: .environment("MAIL_TENANT")),
                        ])), believesAnnotations: true), by: UpstreamRegistration.byConfiguration),
        state: .failed("mail cannot be reached"), said: [], lists: ServerLists(), tools: [])

    private static func registration(_ server: UpstreamServer, by: Text) -> UpstreamRegistration {
        UpstreamRegistration(server: server, registeredAt: Samples.now, registeredBy: by)
    }

    private static func tool(
        _ name: Text, _ state: DiscoveredTool.State, _ definition: JSONObject, problem: Text? = nil,
        changed: Bool = false
    ) -> DiscoveredToolView {
        let seen = DiscoveredTool(
            server: "orders", name: name, state: state, digest: Digest(sha256: name.utf8), definition: definition,
            problem: problem, seenAt: Samples.now)
        let changes = [
            DefinitionChange(path: "description", before: "Deletes void orders", after: "Deletes orders\u{200B} <all>"),
            DefinitionChange(path: "inputSchema.properties.force", before: nil, after: ["type": "boolean"]),
        ]
        return DiscoveredToolView(
            seen: seen, changedAt: changed ? Samples.now : nil, changes: changed ? changes : [])
    }
}
