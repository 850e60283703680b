import AuthorityPorts
import CanonicalEncoding
import DomainModel

extension SQLiteTransaction {
    func save(_ registration: UpstreamRegistration) throws {
        note(.inventory)
        try connection.run(
            """
            INSERT INTO upstreams (name, server, registered_at, registered_by) VALUES (?, ?, ?, ?)
            ON CONFLICT (name) DO UPDATE SET server = excluded.server, registered_at = excluded.registered_at,
                registered_by = excluded.registered_by
            """,
            [
                .text(registration.server.name), .json(registration.server.json), .time(registration.registeredAt),
                .text(registration.registeredBy),
            ])
    }

    func removeUpstream(_ name: Text) throws {
        note(.inventory)
        try connection.run("DELETE FROM upstreams WHERE name = ?", [.text(name)])
    }

    func record(_ tool: DiscoveredTool) throws {
        note(.inventory)
        try connection.run(
            """
            INSERT INTO discovered_tools (server, name, state, digest, definition, problem, seen_at)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .text(tool.server), .text(tool.name), .word(tool.state), tool.digest.map { .digest($0) } ?? .null,
                .json(tool.definition.map { .object($0) }), .text(tool.problem), .time(tool.seenAt),
            ])
    }
}
