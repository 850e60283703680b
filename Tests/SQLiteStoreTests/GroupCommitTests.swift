import AuthorityPorts
import CanonicalEncoding
import Foundation
import GRDB
import SQLiteStore
import Synchronization
import Testing
import TransparencyLog

struct GroupCommitTests {
    let scratch: ScratchStore

    init() throws { scratch = try ScratchStore() }

    /// Counts commits, and fails those that a test wants to fail.
    final class Commits: Sendable {
        let count = Mutex(0)
        let failsBefore = Mutex(false)
        let failsAfter = Mutex(false)

        var fault: CommitFault {
            CommitFault(
                beforeCommit: {
                    self.count.withLock { $0 += 1 }
                    return self.failsBefore.withLock { $0 } ? .unavailable("disk I/O error") : nil
                },
                afterCommit: { self.failsAfter.withLock { $0 } ? .unavailable("disk I/O error") : nil })
        }
    }

    /// A body that stands in the writer until the gate is opened.
    private func hold(_ store: SQLiteStore) async -> (gate: DispatchSemaphore, holder: Task<Void, any Error>) {
        let gate = DispatchSemaphore(value: 0)
        let (entered, continuation) = AsyncStream.makeStream(of: Void.self)
        let holder = Task {
            try await store.write("hold") { _ in
                continuation.finish()
                gate.wait()
            }
        }
        for await _ in entered {}
        return (gate, holder)
    }

    /// Holds the writer until all others wait, so that they come together without any timing.
    private func together(
        _ store: SQLiteStore, _ number: Int, _ body: @escaping @Sendable (Int, any StoreTransaction) throws -> Void
    ) async throws -> [Result<Void, any Error>] {
        let (gate, holder) = await hold(store)
        return try await withThrowingTaskGroup(of: (Int, Result<Void, any Error>).self) { group in
            for index in 0..<number {
                group.addTask {
                    do {
                        try await store.write("test") { try body(index, $0) }
                        return (index, .success(()))
                    } catch { return (index, .failure(error)) }
                }
            }
            while store.waiting < number { await Task.yield() }
            gate.signal()
            // A commit that the test lets fail may be this one's too.
            _ = try? await holder.value
            var results = [Result<Void, any Error>](repeating: .success(()), count: number)
            for try await (index, result) in group { results[index] = result }
            return results
        }
    }

    @Test func `bodies that arrive together share one commit`() async throws {
        let commits = Commits()
        let store = try scratch.open(fault: commits.fault)
        let results = try await together(store, 100) { number, transaction in
            try transaction.append(ScratchStore.entry(number))
        }
        #expect(results.allSatisfy { (try? $0.get()) != nil })
        // One for the body that held the writer and one for the hundred.
        #expect(commits.count.withLock { $0 } == 2)
        #expect(try await store.read { try $0.logSize() } == 100)
        try await store.close()
    }

    @Test func `a body that throws is undone alone, and the others of its commit stand`() async throws {
        struct Refused: Error {}
        let store = try scratch.open()
        let results = try await together(store, 30) { number, transaction in
            try transaction.append(ScratchStore.entry(number))
            if number % 3 == 0 { throw Refused() }
        }
        for (number, result) in results.enumerated() {
            #expect((failure(of: result) is Refused) == (number % 3 == 0))
        }
        #expect(try await store.read { try $0.logSize() } == 20)
        try await store.close()
    }

    @Test func `a commit that fails fails for everybody in it, those included that threw, and nothing is applied`()
        async throws
    {
        struct Refused: Error {}
        let commits = Commits()
        let store = try scratch.open(fault: commits.fault)
        commits.failsBefore.withLock { $0 = true }
        let results = try await together(store, 10) { number, transaction in
            try transaction.append(ScratchStore.entry(number))
            if number == 3 { throw Refused() }
        }
        #expect(results.compactMap(failure(of:)).filter(isUnavailable).count == 10)
        #expect(try await store.read { try $0.logSize() } == 0)
        commits.failsBefore.withLock { $0 = false }
        // The store recovers by itself when the cause is gone.
        #expect(try await store.write("test") { try $0.append(ScratchStore.entry(1)) } == 0)
        try await store.close()
    }

    @Test func `a failure after persisting is an error to the caller, and the write is there after a restart`()
        async throws
    {
        let commits = Commits()
        let store = try scratch.open(fault: commits.fault)
        commits.failsAfter.withLock { $0 = true }
        await #expect(throws: StoreError.self) {
            _ = try await store.write("test") { try $0.append(ScratchStore.entry(1)) }
        }
        try await store.close()
        let again = try scratch.open()
        #expect(try await again.read { try $0.logSize() } == 1)
        try await again.close()
    }

    @Test func `beyond its capacity the store is unavailable at once`() async throws {
        let store = try scratch.open()
        let results = try await together(store, SQLiteStore.capacity) { _, _ in }
        #expect(results.allSatisfy { (try? $0.get()) != nil })
        let (gate, holder) = await hold(store)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<SQLiteStore.capacity { group.addTask { try await store.write("test") { _ in } } }
            while store.waiting < SQLiteStore.capacity { await Task.yield() }
            await #expect(throws: StoreError.self) { try await store.write("test") { _ in } }
            gate.signal()
            try await group.waitForAll()
        }
        try await holder.value
        try await store.close()
    }

    @Test func `a full disk is unavailable to those whose writes do not fit, leaves nothing of them, and passes`()
        async throws
    {
        let store = try scratch.open()
        _ = try await store.write("test") { try $0.append(ScratchStore.entry(0)) }
        try await store.limitPages(to: 60)
        let large = LogEntry(
            kind: "large", subject: "req_1", at: ScratchStore.now, epoch: 1,
            body: ["text": .string(Text(String(repeating: "a", count: 60_000)))])
        let results = try await together(store, 20) { _, transaction in try transaction.append(large) }
        let failures = results.compactMap(failure(of:))
        #expect(failures.count > 0)
        #expect(failures.allSatisfy(isUnavailable))
        let size = try await store.read { try $0.logSize() }
        #expect(size == Int64(1 + results.count - failures.count))
        try await store.limitPages(to: 1_000_000)
        #expect(try await store.write("test") { try $0.append(large) } == size)
        try await store.close()
    }

    private func failure(of result: Result<Void, any Error>) -> (any Error)? {
        if case .failure(let error) = result { error } else { nil }
    }

    private func isUnavailable(_ error: any Error) -> Bool {
        if case .unavailable? = error as? StoreError { true } else { false }
    }
}
