import AuthorityPorts
import Foundation

/// A folder of one test's own.
final class Scratch {
    let path: String

    init() {
        path = "/dev/shm/countersign-facts-\(UUID().uuidString)"
        try? FileManager.default.createDirectory(atPath: path + "/inside", withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func write(_ name: String, _ content: String) throws {
        let file = URL(fileURLWithPath: "\(path)/\(name)")
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(content.utf8).write(to: file)
    }

    func names() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: path).sorted() }

    func link(_ name: String, to target: String) throws {
        try FileManager.default.createSymbolicLink(atPath: "\(path)/\(name)", withDestinationPath: target)
    }
}

/// The code with which a reading was refused, so that tests do not depend on the words; nil when there was a value.
func refusal<Value>(_ body: () async throws -> Value) async throws -> FactError.Code? {
    do {
        _ = try await body()
        return nil
    } catch let error as FactError { return error.code }
}
