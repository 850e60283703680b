import AuthorityPorts
import GRDB

/// One connection with its prepared statements. Every statement of this module goes through here.
struct SQLConnection {
    let database: Database

    /// Runs a statement and says how many rows it changed.
    @discardableResult
    func run(_ sql: String, _ values: [SQLValue] = []) throws(StoreError) -> Int {
        try translated { () throws in
            let statement = try bound(sql, values)
            try statement.execute()
            return database.changesCount
        }
    }

    /// The first row, if there is one.
    func first<Value>(
        _ sql: String, _ values: [SQLValue] = [], _ map: (inout StoredRow) throws(StoreError) -> Value
    ) throws(StoreError) -> Value? {
        try translated { () throws in
            let rows = try Row.fetchCursor(bound(sql, values))
            guard let row = try rows.next() else { return nil }
            var stored = StoredRow(row)
            let value = try map(&stored)
            // To the end: a statement that changes rows checks its last constraints in its last step.
            _ = try rows.next()
            return value
        }
    }

    func all<Value>(
        _ sql: String, _ values: [SQLValue] = [], _ map: (inout StoredRow) throws(StoreError) -> Value
    ) throws(StoreError) -> [Value] {
        try translated { () throws in
            var list: [Value] = []
            let rows = try Row.fetchCursor(bound(sql, values))
            while let row = try rows.next() {
                var stored = StoredRow(row)
                list.append(try map(&stored))
            }
            return list
        }
    }

    private func bound(_ sql: String, _ values: [SQLValue]) throws -> Statement {
        let statement = try database.cachedStatement(sql: sql)
        // As optionals: for these GRDB takes a closure, for others a key path that it makes anew at every call.
        let arguments: [(any DatabaseValueConvertible)?] = values.map { $0.databaseValue }
        statement.setUncheckedArguments(StatementArguments(arguments))
        return statement
    }

    private func translated<Value>(_ body: () throws -> Value) throws(StoreError) -> Value {
        do { return try body() } catch let error as StoreError {
            throw error
        } catch let error as DatabaseError {
            throw StoreError(error)
        } catch { throw StoreError.unavailable("\(error)") }
    }
}
