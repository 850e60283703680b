import AuthorityPorts
import CanonicalEncoding
import DomainModel

/// What people were asked for, counted from the rows themselves: nobody's view of them, and no newest few.
extension SQLiteReader {
    private enum Verdict: String {
        case approved, denied, undecided
    }

    /// A status says how a request ended, not whether people had let it through before. So what ended otherwise than by
    /// running counts as approved where the log says that it once was.
    private static let verdict = """
        CASE
            WHEN r.status IN ('approved', 'granted', 'executing', 'completed', 'failed', 'violated', 'unknown')
                THEN 'approved'
            WHEN r.end_reason IN ('people_denied', 'vote_withdrawn') THEN 'denied'
            WHEN r.status <> 'pending' AND EXISTS (
                SELECT 1 FROM log l WHERE l.subject = CAST(r.id AS BLOB)
                    AND json_extract(CAST(l.bytes AS TEXT), '$.kind') = 'request.approved') THEN 'approved'
            ELSE 'undecided' END
        """

    /// As JSON, and not as what it stands for: SQLite's functions end text at its first NUL.
    private static func string(_ row: inout StoredRow) throws(StoreError) -> Text {
        guard let text = try row.json().textValue else { throw .damaged("a name in an action is no string") }
        return text
    }

    /// `values`: the lowest handle and the earliest time, as `statistics` has them.
    func asked(_ values: [SQLValue]) throws(StoreError) -> [RequestStatistics.Asked] {
        let counts = try connection.all(
            """
            SELECT b.action -> '$.tool.server', b.action -> '$.tool.name', b.action -> '$.resource.id', \(Self.verdict),
                count(*)
            FROM requests r JOIN request_bodies b ON b.request = r.id
            WHERE r.id >= ? AND r.created_at >= ? AND r.tier = 'approval' GROUP BY 1, 2, 3, 4
            """, values
        ) { row throws(StoreError) -> (ToolReference, Text, Verdict, Int) in
            let tool = ToolReference(server: try Self.string(&row), name: try Self.string(&row))
            return (tool, try Self.string(&row), try row.word(), try row.count())
        }
        var kinds: [[Text]: RequestStatistics.Asked] = [:]
        for (tool, resource, verdict, count) in counts {
            let key = [tool.qualifiedName, resource]
            var asked = kinds[key] ?? RequestStatistics.Asked(tool: tool.qualifiedName, resource: resource)
            switch verdict {
            case .approved: asked.approved += count
            case .denied: asked.denied += count
            case .undecided: asked.undecided += count
            }
            kinds[key] = asked
        }
        return kinds.values.sorted { ($1.total, $0.tool, $0.resource) < ($0.total, $1.tool, $1.resource) }
    }
}
