import AuthorityPorts
import GRDB
import GRDBSQLite

/// One connection with its prepared statements. Every statement of this module goes through here.
///
/// GRDB owns the connection, compiles and keeps the statements. Values are bound and columns are read through SQLite's own
/// interface: boxing each of them costs more than the statements themselves.
struct SQLConnection {
    let database: Database

    /// Runs a statement and says how many rows it changed.
    @discardableResult
    func run(_ sql: String, _ values: [SQLValue] = []) throws(StoreError) -> Int {
        let statement = try bound(sql, values)
        defer { sqlite3_reset(statement) }
        while try step(statement) {}
        return Int(sqlite3_changes(database.sqliteConnection))
    }

    /// The first row, if there is one.
    func first<Value>(
        _ sql: String, _ values: [SQLValue] = [], _ map: (inout StoredRow) throws(StoreError) -> Value
    ) throws(StoreError) -> Value? {
        let statement = try bound(sql, values)
        defer { sqlite3_reset(statement) }
        guard try step(statement) else { return nil }
        var row = StoredRow(statement)
        let value = try map(&row)
        // To the end: a statement that changes rows checks its last constraints in its last step.
        while try step(statement) {}
        return value
    }

    func all<Value>(
        _ sql: String, _ values: [SQLValue] = [], _ map: (inout StoredRow) throws(StoreError) -> Value
    ) throws(StoreError) -> [Value] {
        let statement = try bound(sql, values)
        defer { sqlite3_reset(statement) }
        var list: [Value] = []
        while try step(statement) {
            var row = StoredRow(statement)
            list.append(try map(&row))
        }
        return list
    }

    /// The statement, compiled once for each connection, with its values. Whoever steps it resets it.
    private func bound(_ sql: String, _ values: [SQLValue]) throws(StoreError) -> SQLiteStatement {
        let statement: SQLiteStatement
        do { statement = try database.cachedStatement(sql: sql).sqliteStatement } catch let error as DatabaseError {
            throw StoreError(error)
        } catch { throw StoreError.unavailable("\(error)") }
        guard sqlite3_bind_parameter_count(statement) == values.count else {
            throw StoreError.unavailable("a statement was given \(values.count) values, which is not what it takes")
        }
        for (index, value) in values.enumerated() {
            guard value.bind(to: statement, at: Int32(index + 1)) == SQLITE_OK else { throw failure() }
        }
        return statement
    }

    /// Whether there is a row.
    private func step(_ statement: SQLiteStatement) throws(StoreError) -> Bool {
        switch sqlite3_step(statement) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        default: throw failure()
        }
    }

    /// What the connection says of its last call.
    private func failure() -> StoreError {
        let connection = database.sqliteConnection
        return StoreError(
            DatabaseError(
                resultCode: ResultCode(rawValue: sqlite3_extended_errcode(connection)),
                message: sqlite3_errmsg(connection).map { String(cString: $0) }))
    }
}
