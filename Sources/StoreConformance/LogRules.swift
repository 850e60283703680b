import AuthorityPorts
import CanonicalEncoding
import DomainModel
import TransparencyLog

extension StoreConformanceSuite {
    static let logRules: [Rule] = [
        Rule("entries keep their bytes and leaf hashes, their order and their subjects") { subject in
            let store = subject.store
            let entries = (0..<9).map(Sample.entry)
            let indexes = try await store.write("test") { transaction in try entries.map { try transaction.append($0) }
            }
            try expectEqual(indexes, Array(0..<9), "the indexes")
            let wanted = entries.enumerated().map { index, entry in
                StoredLogEntry(index: Int64(index), bytes: entry.bytes, leafHash: MerkleHash.leaf(entry.bytes))
            }
            let (size, middle, about, beyond) = try await store.read { reader in
                (
                    try reader.logSize(), try reader.logEntries(from: 3, limit: 4),
                    try reader.logEntries(subject: "req_1"), try reader.logEntries(from: 9, limit: 4)
                )
            }
            try expectEqual(size, 9, "the size")
            try expectEqual(middle, Array(wanted[3..<7]), "entries from the middle")
            try expectEqual(about, [wanted[1], wanted[5]], "entries about a subject")
            try expect(beyond.isEmpty, "entries beyond the end")
        },
        Rule("an index that was rolled back is given again: no gaps") { subject in
            struct Refused: Error {}
            let store = subject.store
            _ = try await store.write("test") { try $0.append(Sample.entry(1)) }
            _ = try? await store.write("test") { transaction in
                _ = try transaction.append(Sample.entry(2))
                throw Refused()
            }
            try expectEqual(try await store.write("test") { try $0.append(Sample.entry(3)) }, 1, "the next index")
        },
        Rule("an entry longer than the tiles' limit is not taken") { subject in
            let entry = LogEntry(
                kind: "request.opened", subject: "req_1", at: Sample.start, epoch: 1,
                body: ["text": .string(Text(String(repeating: "a", count: LogEntry.greatestSize)))])
            let index = try? await subject.store.write("test") { try $0.append(entry) }
            try expect(index == nil, "it was taken")
            try expectEqual(try await subject.store.read { try $0.logSize() }, 0, "the size")
        },
    ]
}
