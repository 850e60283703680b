import CommandLineTool
import Foundation

/// Why a verb that opens the store itself could not read it.
enum StoreReading {
    static func failure(_ error: any Error, in directory: String) -> CommandFailure {
        guard FileManager.default.fileExists(atPath: "\(directory)/countersign.sqlite") else {
            return CommandFailure(
                "There is no store in \(directory).", hint: "Name the server's data directory with --data.")
        }
        return CommandFailure(
            "The store in \(directory) cannot be read: \(error)",
            hint: "Run this as the user who runs the server; a damaged store is put back from a backup.")
    }
}
