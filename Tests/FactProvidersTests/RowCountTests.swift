import AuthorityPorts
import CanonicalEncoding
import DomainModel
import FactProviders
import GRDB
import Testing

struct RowCountTests {
    let folder = Scratch()
    var path: String { folder.path + "/orders.sqlite" }

    func prepare() throws {
        let database = try DatabaseQueue(path: path)
        try database.write { database in
            try database.execute(
                sql: """
                    CREATE TABLE orders (id INTEGER PRIMARY KEY, status TEXT, "it's" TEXT, year INTEGER);
                    INSERT INTO orders (status, year) VALUES ('void', 2025), ('void', 2026), ('paid', 2026), ('o''clock', -1);
                    CREATE TABLE empty (id INTEGER);
                    """)
        }
        try database.close()
    }

    func value(_ subject: Text) async throws -> Text {
        let provider = FactProvider(name: "rows", kind: .sqliteCount, location: Text(path))
        return try await SystemFactReader().value(of: subject, from: provider)
    }

    @Test(arguments: [
        ("orders", "4"), ("empty", "0"), ("orders where status = 'void'", "2"), ("orders WHERE status='void'", "2"),
        ("  orders   where  year = 2026 ", "2"), ("orders where year = -1", "1"),
        ("orders where status = 'o''clock'", "1"), ("orders where status = ''", "0"),
        ("orders where status = 'void'' or ''1'' = ''1'", "0"),
    ])
    func `the value is the decimal number of the rows`(subject: String, count: String) async throws {
        try prepare()
        #expect(try await value(Text(subject)) == Text(count))
    }

    @Test(arguments: [
        "", " ", "1orders", "orders; DROP TABLE orders", "orders where", "orders where status", "orders where status =",
        "orders where status = void", "orders where status = 'void", "orders where status = 'void' or 1 = 1",
        "orders where status = 'void' --", "orders where year = 9223372036854775808", "orders where year = -",
        "\"orders\"", "main.orders", "orders where year > 1", "orders\twhere year = 1", "orders having year = 1",
        "orders where status = 'a\0b'", "ördérs",
    ])
    func `anything else is no subject`(subject: String) async throws {
        try prepare()
        #expect(try await refusal { try await value(Text(subject)) } == .invalidSubject)
    }

    @Test(arguments: ["nothing", "orders where nothing = 'nothing'"])
    func `a table or column that is not there is unreadable, never a text or zero`(subject: String) async throws {
        try prepare()
        #expect(try await refusal { try await value(Text(subject)) } == .unreadable)
    }

    @Test func `a database that is not there is unreadable and is not made`() async throws {
        #expect(try await refusal { try await value("orders") } == .unreadable)
        #expect(try folder.names() == ["inside"])
    }

    @Test func `each reading sees what is there now`() async throws {
        try prepare()
        #expect(try await value("orders") == "4")
        let database = try DatabaseQueue(path: path)
        try await database.write { try $0.execute(sql: "DELETE FROM orders WHERE status = 'void'") }
        #expect(try await value("orders") == "2")
    }
}
