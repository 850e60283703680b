package import CanonicalEncoding
import GRDB

/// Reads a store's database and log, and says which invariants of the authority do not hold.
///
/// It is code of its own: it calls no use case, opens the database read-only, and can run beside the server. Memory grows with
/// the store: it is made for tests and for a careful look, not for every minute.
package struct Reconciler: Sendable {
    /// The server's data directory.
    package var directory: String
    /// The console's origin, against which signatures are verified; nil: the one that the evidence names.
    package var origin: Text?
    package var now: Timestamp

    package init(directory: String, origin: Text?, now: Timestamp) {
        self.directory = directory
        self.origin = origin
        self.now = now
    }

    /// What was looked at, for people who want to know that it was something.
    package struct Report: Sendable {
        package var findings: [Finding]
        /// Objects by noun.
        package var counts: [(noun: String, count: Int)]

        package var isSound: Bool { !findings.contains { $0.severity == .broken } }
    }

    /// - Throws: when the database cannot be read at all.
    package func run() throws -> Report {
        var findings = Findings()
        FileCheck(directory: directory).run(&findings)
        var configuration = Configuration()
        configuration.readonly = true
        let queue = try DatabaseQueue(path: "\(directory)/countersign.sqlite", configuration: configuration)
        let (store, read) = try queue.read { [findings] database in
            var findings = findings
            let answers = try String.fetchAll(database, sql: "PRAGMA integrity_check")
            if answers != ["ok"] { findings.broken("S9", "database", answers.joined(separator: "; ")) }
            for row in try Row.fetchAll(database, sql: "PRAGMA foreign_key_check") {
                findings.broken("S9", row.string("table") ?? "a table", "has a row whose parent is not there")
            }
            try HandleCheck(database: database).run(&findings)
            return (try RecordedStore(database, &findings), findings)
        }
        try queue.close()
        return Report(findings: check(store, read), counts: Self.counts(store))
    }

    private func check(_ store: RecordedStore, _ read: Findings) -> [Finding] {
        var findings = read
        let entries = store.entriesBySubject
        LogCheck(store: store).run(&findings)
        RequestCheck(store: store, entries: entries).run(&findings)
        VoteCheck(store: store, origin: origin).run(&findings)
        ExecutionCheck(store: store, entries: entries, now: now).run(&findings)
        HeldCallCheck(store: store, now: now).run(&findings)
        ChangeCheck(store: store, origin: origin).run(&findings)
        ServerCheck(store: store).run(&findings)
        FreezeCheck(store: store).run(&findings)
        return findings.all.sorted()
    }

    private static func counts(_ store: RecordedStore) -> [(noun: String, count: Int)] {
        [
            ("requests", store.requests.count), ("votes", store.votes.count), ("executions", store.executions.count),
            ("reviews", store.reviews.count), ("changes", store.changes.count), ("log entries", store.entries.count),
        ]
    }
}
