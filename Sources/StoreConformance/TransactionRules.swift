import AuthorityPorts
import CanonicalEncoding
import DomainModel
import Synchronization
import TransparencyLog

extension StoreConformanceSuite {
    static let transactionRules: [Rule] = [
        Rule("what was acknowledged is there after the store was opened again") { subject in
            let request = try Sample.request(1)
            try await subject.store.write("test") { try $0.insert(request, idempotency: nil) }
            let store = try await subject.reopen()
            try expectEqual(try await store.read { try $0.request(request.id) }, request, "the request")
            try expectEqual(store.epoch, subject.store.epoch, "the epoch")
        },
        Rule("a body that throws leaves nothing, and its error is passed on as it is") { subject in
            struct Refused: Error, Equatable { let number = 7 }
            let request = try Sample.request(1)
            do {
                try await subject.store.write("test") { transaction in
                    try transaction.insert(request, idempotency: ("key", Sample.digest(1)))
                    try transaction.append(Sample.entry(1))
                    throw Refused()
                }
                throw BrokenRule(description: "the body's error is gone")
            } catch let error as Refused { try expectEqual(error, Refused(), "the error") }
            let (found, size) = try await subject.store.read { (try $0.request(request.id), try $0.logSize()) }
            try expect(found == nil && size == 0, "something of the body remains")
        },
        Rule("a body reads what it wrote itself, and returns a value") { subject in
            let request = try Sample.request(1)
            let found = try await subject.store.write("test") { transaction in
                try transaction.insert(request, idempotency: nil)
                return try transaction.request(request.id)
            }
            try expectEqual(found, request, "the request")
        },
        Rule("a body that catches a refused statement goes on") { subject in
            let (first, second) = (try Sample.request(1), try Sample.request(2))
            try await subject.store.write("test") { try $0.insert(first, idempotency: nil) }
            try await subject.store.write("test") { transaction in
                do { try transaction.insert(first, idempotency: nil) } catch StoreError.alreadyExists {}
                try transaction.insert(second, idempotency: nil)
            }
            try expect(try await subject.store.read { try $0.request(second.id) } != nil, "the second is not there")
        },
        Rule("bodies that come together run one after another, as if alone; one that throws harms none of the others") {
            subject in
            struct Refused: Error {}
            let store = subject.store
            let refused = try await withThrowingTaskGroup(of: Bool.self) { group in
                for number in 0..<64 {
                    group.addTask {
                        do {
                            try await store.write("test") { transaction in
                                let size = try transaction.logSize()
                                let index = try transaction.append(Sample.entry(number))
                                try expectEqual(index, size, "the index")
                                if number % 4 == 0 { throw Refused() }
                            }
                            return false
                        } catch is Refused { return true }
                    }
                }
                return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            try expectEqual(refused, 16, "refused bodies")
            let entries = try await store.read { try $0.logEntries(from: 0, limit: 100) }
            try expectEqual(entries.map(\.index), Array(0..<48), "the indexes")
        },
        Rule("a reader sees one snapshot and every write acknowledged before it began") { subject in
            let store = subject.store
            for number in 0..<20 {
                _ = try await store.write("test") { try $0.append(Sample.entry(number)) }
                let sizes = try await store.read { (try $0.logSize(), try $0.logEntries(from: 0, limit: 100).count) }
                try expectEqual(sizes.0, Int64(number + 1), "the size")
                try expectEqual(sizes.1, number + 1, "the entries")
            }
        },
        Rule("writes go on while a reader reads, and the reader does not see them") { subject in
            let store = subject.store
            let writer = Task {
                for number in 0..<200 {
                    _ = try await store.write("test") { try $0.append(Sample.entry(number)) }
                }
            }
            for _ in 0..<50 {
                let (before, after) = try await store.read { reader in
                    let before = try reader.logSize()
                    _ = try reader.logEntries(from: 0, limit: 1000)
                    return (before, try reader.logSize())
                }
                try expectEqual(before, after, "the size within a snapshot")
            }
            try await writer.value
        },
        Rule("a cancelled caller still gets its answer, and its write happened") { subject in
            let store = subject.store
            let task = Task { try await store.write("test") { try $0.append(Sample.entry(1)) } }
            task.cancel()
            try expectEqual(try await task.value, 0, "the index")
            try expectEqual(try await store.read { try $0.logSize() }, 1, "the size")
        },
        Rule("observers are told after the commit, of what changed and of nothing that was rolled back") { subject in
            struct Refused: Error {}
            let (seen, continuation) = AsyncStream.makeStream(of: [StoreChange].self)
            subject.store.observeChanges { continuation.yield($0) }
            let (first, second) = (try Sample.request(1), try Sample.request(2))
            try? await subject.store.write("test") { transaction in
                try transaction.insert(first, idempotency: nil)
                throw Refused()
            }
            try await subject.store.write("test") { try $0.insert(second, idempotency: nil) }
            var changes = seen.makeAsyncIterator()
            try expectEqual(await changes.next(), [.request(second.id)], "the changes")
        },
    ]
}

extension Sample {
    static func entry(_ number: Int) -> LogEntry {
        LogEntry(
            kind: "request.opened", subject: "req_\(String(number % 4))", at: time(number), epoch: 1,
            body: ["number": .integer(Int64(number))])
    }

    static func entry(_ kind: Text, about request: ApprovalRequest) -> LogEntry {
        LogEntry(
            kind: kind, subject: request.id.text, at: request.submission.createdAt, epoch: 1,
            body: ["kind": "request.approved"])
    }
}
