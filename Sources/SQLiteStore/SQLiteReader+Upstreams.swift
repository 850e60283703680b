import AuthorityPorts
import CanonicalEncoding
import DomainModel

extension SQLiteReader {
    func upstreams() throws -> [UpstreamRegistration] {
        try connection.all("\(Self.selectUpstream) ORDER BY name", [], Self.upstream)
    }

    func upstream(_ name: Text) throws -> UpstreamRegistration? {
        try connection.first("\(Self.selectUpstream) WHERE name = ?", [.text(name)], Self.upstream)
    }

    func discoveredTools(of server: Text) throws -> [DiscoveredTool] {
        try connection.all(
            """
            \(Self.selectDiscovered) WHERE position IN (
                SELECT max(position) FROM discovered_tools WHERE server = ? GROUP BY name) ORDER BY name
            """, [.text(server)], Self.discovered)
    }

    func discoveries(server: Text, name: Text, limit: Int) throws -> [DiscoveredTool] {
        try connection.all(
            "\(Self.selectDiscovered) WHERE server = ? AND name = ? ORDER BY position DESC LIMIT ?",
            [.text(server), .text(name), .count(limit)], Self.discovered)
    }

    private static let selectUpstream = "SELECT server, registered_at, registered_by FROM upstreams"
    private static let selectDiscovered = """
        SELECT server, name, state, digest, definition, problem, seen_at FROM discovered_tools
        """

    private static func upstream(_ row: inout StoredRow) throws(StoreError) -> UpstreamRegistration {
        UpstreamRegistration(
            server: try row.json(UpstreamServer.init(json:)), registeredAt: try row.time(),
            registeredBy: try row.text())
    }

    private static func discovered(_ row: inout StoredRow) throws(StoreError) -> DiscoveredTool {
        DiscoveredTool(
            server: try row.text(), name: try row.text(), state: try row.word(), digest: try row.optionalDigest(),
            definition: try row.optionalJSON { json throws(MemberError) in
                guard let object = json.objectValue else { throw MemberError(code: .wrongType, path: "") }
                return object
            }, problem: try row.optionalText(), seenAt: try row.time())
    }
}
