import ApprovalPolicy
import CanonicalEncoding
import DomainModel
import Foundation
import Testing

@Suite struct DemoPolicyTests {
    private func policies() throws -> PolicySet {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let text = try String(contentsOf: root.appending(path: "examples/policies/demo.cedar"), encoding: .utf8)
        return try PolicySet(source: Text(text), groups: ["operators"])
    }

    private func ask(
        _ arguments: [Text], executable: Text = "/usr/bin/sqlite3", approval: ApprovalFacts? = nil
    ) throws -> String {
        var facts = Facts()
        facts.tool = ToolReference(server: "orders-db", name: "sqlite3")
        facts.executable = executable
        facts.command = arguments
        facts.approval = approval
        return word(try policies().evaluate(facts.facts))
    }

    @Test(arguments: [
        ("SELECT * FROM orders", "auto"), ("SELECT count(*) FROM orders WHERE status = 'void'", "auto"),
        ("SELECT writefile('x', 'y')", "noPermit"),
        ("SELECT count(*) FROM orders WHERE writefile('x', 'y')", "noPermit"),
        ("SELECT 1; DELETE FROM orders", "noPermit"), (".shell rm orders.db", "noPermit"),
        ("SELECT 1\n.shell rm orders.db", "noPermit"), ("select * from orders", "noPermit"),
        ("UPDATE orders SET status = 'paid' WHERE id = 7", "review"),
        ("UPDATE orders SET status = 'paid'", "noPermit"),
        ("UPDATE orders SET status = NULL WHERE id = id", "noPermit"),
        ("UPDATE orders SET status = 'paid' WHERE id = 1\tOR\t1=1", "noPermit"),
        ("UPDATE orders SET status = 'paid' WHERE id = 7 OR 1 = 1", "noPermit"),
        ("UPDATE orders SET status = 'paid' WHERE id = 7 -- x", "noPermit"),
        ("UPDATE orders SET note = ' WHERE id = 5'", "noPermit"),
        ("UPDATE orders SET status = 'paid' WHERE id = 7; DROP TABLE orders", "forbidden"),
        ("DELETE FROM orders WHERE status = 'void'", "approval"),
        ("DROP TABLE orders", "forbidden"), ("drop table orders", "forbidden"), ("VACUUM", "noPermit"),
    ])
    func `the demo's statements get their tiers`(sql: Text, expected: String) throws {
        #expect(try ask(["sqlite3", "/data/orders.db", sql]) == expected)
    }

    @Test(
        arguments: [
            ["sqlite3", "/data/orders.db"], ["sqlite3", "-cmd", ".shell x", "SELECT 1"],
            ["sqlite3", "/data/orders.db", "SELECT 1", "SELECT 2"],
            ["sqlite3"], ["sqlite3", "-init", "SELECT * FROM orders"],
            ["sqlite3", "/data/other.db", "SELECT * FROM orders"], ["bash", "/data/orders.db", "SELECT * FROM orders"],
        ] as [[Text]])
    func `other shapes of the command are denied`(arguments: [Text]) throws {
        #expect(["noPermit", "policyError"].contains(try ask(arguments)))
    }

    @Test func `another file than the one that is meant runs nothing, whatever it is called`() throws {
        let read: [Text] = ["sqlite3", "/data/orders.db", "SELECT * FROM orders"]
        #expect(try ask(read) == "auto")
        #expect(try ask(read, executable: "/tmp/sqlite3") == "noPermit")
    }

    @Test func `an operator's approval lets the delete run, others do not`() throws {
        let delete: [Text] = ["sqlite3", "/data/orders.db", "DELETE FROM orders WHERE status = 'void'"]
        #expect(try ask(delete, approval: Facts.approval(["fred"], group: "operators")) == "auto")
        #expect(try ask(delete, approval: Facts.approval(["fred"], group: "finance")) == "approval")
        #expect(try ask(delete, approval: Facts.approval(["olga"], group: "operators")) == "approval")
        let old = Facts.now.adding(seconds: -901)
        #expect(try ask(delete, approval: Facts.approval(["fred"], group: "operators", at: old)) == "approval")
    }

    @Test func `the delete asks one operator within fifteen minutes and names the criteria`() throws {
        var facts = Facts()
        facts.tool = ToolReference(server: "orders-db", name: "sqlite3")
        facts.command = ["sqlite3", "/data/orders.db", "DELETE FROM orders WHERE status = 'void'"]
        guard case .needsApproval(let requirement, let reasons) = try policies().evaluate(facts.facts) else {
            Issue.record("no approval asked for")
            return
        }
        #expect(requirement.groups == [.init(name: Facts.group("operators"), quorum: 1)])
        #expect(requirement.voteSeconds == 900)
        #expect(requirement.criteria.count == 2)
        #expect(reasons.map(\.policy) == ["orders-delete-needs-operators"])
    }
}
