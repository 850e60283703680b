import CanonicalEncoding
import Foundation
import GRDB

extension Installation {
    /// Every entry of the log in order, as it was written.
    func log() throws -> [JSONValue] {
        let queue = try DatabaseQueue(path: "\(data)/countersign.sqlite")
        let entries = try queue.read { database in
            try Data.fetchAll(database, sql: "SELECT bytes FROM log ORDER BY position")
        }
        try queue.close()
        return try entries.map { try JSONReader.read(Array($0)) }
    }
}
