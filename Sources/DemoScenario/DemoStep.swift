import CanonicalEncoding

/// One thing that the agent asks for, and how it has to come out.
struct DemoStep: Sendable {
    enum Kind: String, Sendable, CaseIterable {
        case read, change, delete, drop
    }

    var kind: Kind
    var sql: String
    var justification: String
    /// What policy says to it, in words.
    var expectation: String
    /// 0 when it runs, 3 when it is denied.
    var exitStatus: Int32

    static let all = [
        DemoStep(
            kind: .read, sql: "SELECT count(*) FROM orders WHERE status = 'void'",
            justification: "See how many orders are void.", expectation: "runs at once", exitStatus: 0),
        DemoStep(
            kind: .change, sql: "UPDATE orders SET status = 'shipped' WHERE id = 7",
            justification: "Order 7 left the house this morning.", expectation: "runs at once, reviewed afterwards",
            exitStatus: 0),
        DemoStep(
            kind: .delete, sql: "DELETE FROM orders WHERE status = 'void'",
            justification: "Void orders are of no use and slow the report down.",
            expectation: "waits for an operator's passkey", exitStatus: 0),
        DemoStep(
            kind: .drop, sql: "DROP TABLE orders", justification: "The table can be made again.",
            expectation: "is refused, whoever agrees", exitStatus: 3),
    ]

    /// Whether the target is as it must be after this step.
    func agrees(before: OrdersDatabase.Contents, after: OrdersDatabase.Contents) -> Bool {
        switch kind {
        case .read, .drop: after == before
        case .change: after.statusOfSeven == "shipped" && after.total == before.total && after.void == before.void
        case .delete: after.void == 0 && after.total == before.total - before.void
        }
    }
}
