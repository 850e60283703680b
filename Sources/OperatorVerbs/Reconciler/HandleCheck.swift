import CanonicalEncoding
import DomainModel
import GRDB

/// S17: every column of handles holds handles of its own kind, or nothing. The store's readers would refuse the row; this says
/// which column it is, also of rows that nobody reads.
struct HandleCheck {
    var database: Database

    private static let columns: [(table: String, column: String, isGood: @Sendable (Text) -> Bool)] = [
        ("requests", "id", { RequestID($0) != nil }), ("requests", "superseded_by", { RequestID($0) != nil }),
        ("requests", "grant_id", { GrantID($0) != nil }), ("requests", "execution", { ExecutionID($0) != nil }),
        ("request_bodies", "request", { RequestID($0) != nil }), ("votes", "request", { RequestID($0) != nil }),
        ("executions", "id", { ExecutionID($0) != nil }), ("executions", "request", { RequestID($0) != nil }),
        ("reviews", "id", { ReviewID($0) != nil }), ("reviews", "execution", { ExecutionID($0) != nil }),
        ("reviews", "request", { RequestID($0) != nil }), ("changes", "id", { ChangeID($0) != nil }),
        ("ceremonies", "id", { CeremonyID($0) != nil }),
    ]

    func run(_ findings: inout Findings) throws {
        for (table, column, isGood) in Self.columns {
            let rows = try Row.fetchAll(
                database, sql: "SELECT \(column) AS handle FROM \(table) WHERE \(column) IS NOT NULL")
            for row in rows where row.text("handle").map(isGood) != true {
                findings.broken(
                    "S17", row.text("handle")?.string ?? "a handle",
                    "stands in \(table).\(column) and is of another kind")
            }
        }
        for row in try Row.fetchAll(database, sql: "SELECT kind, object FROM idempotency") {
            let object = row.text("object") ?? ""
            let isGood = row.string("kind") == "request" ? RequestID(object) != nil : ExecutionID(object) != nil
            findings.expect(isGood, "S17", object, "stands in idempotency.object and is of another kind")
        }
    }
}
