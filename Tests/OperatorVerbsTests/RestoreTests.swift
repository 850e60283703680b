import ArgumentParser
import AuthorityPorts
import CanonicalEncoding
import Foundation
import OperatorVerbs
import SQLiteStore
import ServerRuntime
import Testing
import TransparencyLog

/// A copy that was put back serves only after somebody said so.
@Suite struct RestoreTests {
    @Test func `an older copy is refused until its restore is acknowledged, and has a higher epoch then`() async throws
    {
        let folder = "/dev/shm/countersign-restore-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let (data, copy) = ("\(folder)/data", "\(folder)/copy")
        let first = try SQLiteStore.open(directory: data, now: SystemSurroundings.now)
        let before = first.epoch
        try await first.close()
        try FileManager.default.copyItem(atPath: data, toPath: copy)
        let second = try SQLiteStore.open(directory: data, now: SystemSurroundings.now)
        _ = try await second.write("test") {
            try $0.append(.init(kind: "x", subject: "y", at: SystemSurroundings.now, epoch: 1, body: [:]))
        }
        try await second.close()
        try FileManager.default.removeItem(atPath: data)
        try FileManager.default.moveItem(atPath: copy, toPath: data)
        #expect(throws: StoreOpeningError.self) { try SQLiteStore.open(directory: data, now: SystemSurroundings.now) }

        #expect(throws: (any Error).self) { try Restore.parse(["--data", data]) }
        let restore = try Restore.parse(["--data", data, "--yes"])
        try await restore.run()
        let restored = try SQLiteStore.open(directory: data, now: SystemSurroundings.now)
        #expect(restored.epoch > before)
        try await restored.close()
    }
}
