import AuthorityPorts
import GRDB

extension StoreError {
    /// What a failure of SQLite means to the port. Full disk, I/O error, read-only and the like leave nothing behind and may
    /// pass; a damaged page never does.
    init(_ error: DatabaseError) {
        let message = error.message ?? "SQLite answered \(error.extendedResultCode.rawValue)"
        switch error.extendedResultCode {
        case .SQLITE_CONSTRAINT_UNIQUE, .SQLITE_CONSTRAINT_PRIMARYKEY, .SQLITE_CONSTRAINT_ROWID:
            self = .alreadyExists(message)
            return
        default: break
        }
        switch error.resultCode {
        case .SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_FORMAT: self = .damaged(message)
        default: self = .unavailable("\(message) (SQLite \(error.extendedResultCode.rawValue))")
        }
    }

    /// An error on its way out of the store: SQLite's own are translated, all others pass as they are.
    static func passing(_ error: any Error) -> any Error {
        (error as? DatabaseError).map(StoreError.init) ?? error
    }
}
