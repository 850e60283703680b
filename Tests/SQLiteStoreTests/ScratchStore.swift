import AuthorityPorts
import CanonicalEncoding
import DomainModel
import Foundation
import Logging
import SQLiteStore
import TransparencyLog

/// A directory of one test's own, in memory, with a store in it.
final class ScratchStore: Sendable {
    let parent: String
    var directory: String { "\(parent)/store" }
    var database: String { "\(directory)/countersign.sqlite" }
    var anchor: String { "\(directory).anchor" }

    static let now = Timestamp(seconds: 1_800_000_000)

    init() throws {
        parent = "/dev/shm/countersign-store-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: parent) }

    func open(fault: CommitFault = .none) throws(StoreOpeningError) -> SQLiteStore {
        try SQLiteStore.open(
            directory: directory, anchor: nil, now: Self.now, logger: Logger(label: "test"), fault: fault)
    }

    /// The code with which opening is refused; nil when it opens. A refusal says what to do.
    func refusal() async throws -> StoreOpeningError.Code? {
        do throws(StoreOpeningError) {
            _ = try open()
            return nil
        } catch { return error.problem.isEmpty || error.hint.isEmpty ? nil : error.code }
    }

    /// A store with that many log entries, closed again.
    func fill(_ entries: Int) async throws {
        let store = try open()
        for number in 0..<entries { _ = try await store.write("test") { try $0.append(Self.entry(number)) } }
        try await store.close()
    }

    static func entry(_ number: Int) -> LogEntry {
        LogEntry(
            kind: "request.opened", subject: "req_1", at: now, epoch: 1, body: ["number": .integer(Int64(number))])
    }

    /// How many log entries the anchor has seen.
    func anchoredEntries() throws -> Int64 {
        let content = try Data(contentsOf: URL(fileURLWithPath: anchor))
        return try JSONReader.read(Array(content))["log_size"]?.integerValue ?? -1
    }

    func mode(_ path: String) throws -> Int {
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        return mode ?? -1
    }

    func copy(_ source: String, to target: String) throws {
        try? FileManager.default.removeItem(atPath: target)
        try FileManager.default.copyItem(atPath: source, toPath: target)
    }
}
