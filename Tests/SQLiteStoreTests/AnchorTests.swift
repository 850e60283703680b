import AuthorityPorts
import CanonicalEncoding
import DomainModel
import Foundation
import SQLiteStore
import Synchronization
import Testing
import TransparencyLog

struct AnchorTests {
    let scratch: ScratchStore
    var copy: String { "\(scratch.parent)/copy" }

    init() throws { scratch = try ScratchStore() }

    @Test func `an older copy is behind its anchor and does not serve`() async throws {
        try await scratch.fill(3)
        try scratch.copy(scratch.directory, to: copy)
        try await scratch.fill(1)
        try scratch.copy(copy, to: scratch.directory)
        #expect(try await scratch.refusal() == .behindAnchor)
    }

    @Test func `a copy that went its own way is noticed though it has as many entries`() async throws {
        try await scratch.fill(3)
        try scratch.copy(scratch.directory, to: copy)
        try scratch.copy(scratch.anchor, to: "\(copy).anchor")
        let other = try SQLiteStore.open(directory: copy, now: ScratchStore.now)
        for number in 100..<105 { _ = try await other.write("test") { try $0.append(ScratchStore.entry(number)) } }
        try await other.close()
        try await scratch.fill(2)
        try scratch.copy(copy, to: scratch.directory)
        #expect(try await scratch.refusal() == .behindAnchor)
    }

    @Test func `a store whose anchor is gone does not serve once it holds anything`() async throws {
        try await scratch.fill(0)
        try FileManager.default.removeItem(atPath: scratch.anchor)
        #expect(try await scratch.refusal() == nil)
        try await scratch.fill(1)
        try FileManager.default.removeItem(atPath: scratch.anchor)
        #expect(try await scratch.refusal() == .missingAnchor)
    }

    @Test func `an anchor without its store, or of another store, is refused`() async throws {
        try await scratch.fill(1)
        let other = try ScratchStore()
        try await other.fill(1)
        try scratch.copy(other.anchor, to: scratch.anchor)
        #expect(try await scratch.refusal() == .behindAnchor)
        try FileManager.default.removeItem(atPath: scratch.directory)
        #expect(try await scratch.refusal() == .behindAnchor)
        #expect(!FileManager.default.fileExists(atPath: scratch.database))
    }

    @Test(arguments: ["", "{}", "noise", #"{"type":"countersign.anchor.v1"}"#])
    func `a file that is no anchor is refused`(content: String) async throws {
        try await scratch.fill(1)
        try Data(content.utf8).write(to: URL(fileURLWithPath: scratch.anchor))
        #expect(chmod(scratch.anchor, 0o600) == 0)
        #expect(try await scratch.refusal() == .anchorUnusable)
    }

    @Test func `an anchor that others can write is refused`() async throws {
        try await scratch.fill(1)
        #expect(chmod(scratch.anchor, 0o666) == 0)
        #expect(try await scratch.refusal() == .wrongPermissions)
    }

    @Test func `an anchor inside the store's directory is refused`() throws {
        let inside = "\(scratch.directory)/anchor"
        #expect(throws: StoreOpeningError.self) {
            try SQLiteStore.open(directory: scratch.directory, anchor: inside, now: ScratchStore.now)
        }
    }

    @Test func `a process that dies leaves an anchor that its store is not behind`() async throws {
        let store = try scratch.open()
        for number in 0..<5 { _ = try await store.write("test") { try $0.append(ScratchStore.entry(number)) } }
        // What a copy of the directory would be at kill -9: the WAL is not folded in, the anchor lags.
        try scratch.copy(scratch.directory, to: copy)
        try scratch.copy(scratch.anchor, to: "\(copy).anchor")
        let survivor = try SQLiteStore.open(directory: copy, now: ScratchStore.now)
        #expect(try await survivor.read { try $0.logSize() } == 5)
        try await survivor.close()
        try await store.close()
    }

    @Test func `a copy is noticed after a crash as well, once the anchor has seen what it lacks`() async throws {
        let store = try scratch.open()
        _ = try await store.write("test") { try $0.append(ScratchStore.entry(1)) }
        try scratch.copy(scratch.directory, to: copy)
        _ = try await store.write("test") { try $0.append(ScratchStore.entry(2)) }
        // The server is never closed: what the anchor knows, it was told while it ran.
        while try scratch.anchoredEntries() < 2 { try await Task.sleep(for: .milliseconds(5)) }
        try scratch.copy(scratch.anchor, to: "\(copy).anchor")
        #expect(throws: StoreOpeningError.self) {
            try SQLiteStore.open(directory: copy, now: ScratchStore.now)
        }
        try await store.close()
    }

    @Test func `a commit that failed is not in the anchor, and a close leaves it saying what the store says`()
        async throws
    {
        let fails = Mutex(false)
        let store = try scratch.open(
            fault: CommitFault(beforeCommit: { fails.withLock { $0 } ? .unavailable("disk I/O error") : nil }))
        for number in 0..<5 { _ = try await store.write("test") { try $0.append(ScratchStore.entry(number)) } }
        fails.withLock { $0 = true }
        await #expect(throws: StoreError.self) {
            try await store.write("test") { try $0.append(ScratchStore.entry(9)) }
        }
        try await store.close()
        #expect(try scratch.anchoredEntries() == 5)
        #expect(try await scratch.refusal() == nil)
    }

    @Test func `an acknowledged restore raises the epoch above all that was seen, and then the copy serves`()
        async throws
    {
        try await scratch.fill(2)
        try scratch.copy(scratch.directory, to: copy)
        try await scratch.fill(2)
        try scratch.copy(copy, to: scratch.directory)
        #expect(try await scratch.refusal() == .behindAnchor)
        #expect(try SQLiteStore.acknowledgeRestore(directory: scratch.directory, now: ScratchStore.now) == 2)
        let store = try scratch.open()
        #expect(store.epoch == 2)
        try await store.close()
        // The copy of before is now behind by its epoch, however long its log.
        try scratch.copy(copy, to: scratch.directory)
        #expect(try await scratch.refusal() == .behindAnchor)
        #expect(try SQLiteStore.acknowledgeRestore(directory: scratch.directory, now: ScratchStore.now) == 3)
    }

    @Test func `where the anchor cannot be read, the epoch rises above every one that counting reached`() async throws {
        try await scratch.fill(2)
        try Data("nonsense".utf8).write(to: URL(filePath: scratch.anchor))
        #expect(
            try SQLiteStore.acknowledgeRestore(directory: scratch.directory, now: ScratchStore.now)
                == ScratchStore.now.seconds + 1)
    }

    @Test func `a restore that was interrupted between epoch and anchor serves`() async throws {
        try await scratch.fill(2)
        try scratch.copy(scratch.anchor, to: "\(scratch.parent)/before")
        try SQLiteStore.acknowledgeRestore(directory: scratch.directory, now: ScratchStore.now)
        try scratch.copy("\(scratch.parent)/before", to: scratch.anchor)
        let store = try scratch.open()
        #expect(store.epoch == 2)
        try await store.close()
    }
}
