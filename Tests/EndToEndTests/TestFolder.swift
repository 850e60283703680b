import Foundation
import Synchronization

/// Folders in memory for one test or for the whole run, ours alone. Whoever makes one may remove it; what is left is removed
/// when the process ends.
enum TestFolder {
    private static let made = Mutex<[String]?>(nil)

    static func make() throws -> String {
        let path = "/dev/shm/countersign-test-\(UUID().uuidString.lowercased().prefix(12))"
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
        made.withLock { made in
            if made == nil { atexit { TestFolder.removeAll() } }
            made = (made ?? []) + [path]
        }
        return path
    }

    private static func removeAll() {
        for path in made.withLock({ $0 ?? [] }) { try? FileManager.default.removeItem(atPath: path) }
    }
}
