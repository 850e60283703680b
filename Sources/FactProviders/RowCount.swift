import AuthorityPorts
import CanonicalEncoding
import GRDB

/// The number of rows of a table, or of those whose column has a value: `orders`, `orders where status = 'void'`,
/// `orders where year = 2026`.
///
/// Identifiers are ASCII letters, digits and `_` and begin with no digit; they are quoted. The value is bound, never part
/// of the statement. `where` may be written in capitals; between words stand spaces.
struct RowCount {
    enum Value: Hashable {
        case text(String)
        case integer(Int64)
    }

    let table: String
    let condition: (column: String, value: Value)?

    init(subject: Text) throws(FactError) {
        var scanner = try SubjectScanner(subject)
        table = try scanner.identifier()
        if try scanner.isAtEnd() {
            condition = nil
            return
        }
        guard try scanner.identifier().utf8.map({ $0 | 0x20 }) == Array("where".utf8) else {
            throw .invalidSubject("after the table comes where, or nothing")
        }
        let column = try scanner.identifier()
        try scanner.equalsSign()
        condition = (column, try scanner.value())
        guard try scanner.isAtEnd() else { throw .invalidSubject("after the value comes nothing") }
    }

    /// Opens the file for this one reading, read-only, and waits two seconds at most for somebody who is writing.
    func value(in path: Text, _ reading: Reading) throws(FactError) -> Text {
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(2)
        configuration.prepareDatabase { try $0.execute(sql: "PRAGMA trusted_schema = OFF; PRAGMA query_only = ON") }
        do {
            let database = try DatabaseQueue(path: path.string, configuration: configuration)
            reading.whenOver { database.interrupt() }
            let count = try database.read { try Int64.fetchOne($0, sql: sql, arguments: arguments) }
            guard let count else { throw FactError.unreadable("the count is empty") }
            return "\(String(count))"
        } catch let error as FactError {
            throw error
        } catch { throw .unreadable("the rows cannot be counted: \(error)") }
    }

    private var sql: String {
        guard let condition else { return "SELECT count(*) FROM \"\(table)\"" }
        return "SELECT count(*) FROM \"\(table)\" WHERE \"\(condition.column)\" = ?"
    }

    private var arguments: StatementArguments {
        switch condition?.value {
        case nil: []
        case .text(let text): [text]
        case .integer(let integer): [integer]
        }
    }
}
