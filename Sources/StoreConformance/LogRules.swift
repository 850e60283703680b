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
        Rule("leaf hashes are read without their entries") { subject in
            let store = subject.store
            let entries = (0..<5).map(Sample.entry)
            try await store.write("test") { transaction in for entry in entries { try transaction.append(entry) } }
            let hashes = try await store.read { try $0.leafHashes(from: 2, limit: 2) }
            try expectEqual(hashes, entries[2..<4].map { MerkleHash.leaf($0.bytes) }, "the hashes")
        },
        Rule("a tile of the log grows, and what it held stays in its place") { subject in
            let store = subject.store
            let hashes = (0..<3).map(Sample.digest)
            try await store.write("test") { try $0.save(tile: Array(hashes[..<1]), level: 1, index: 7) }
            try await store.write("test") { try $0.save(tile: hashes, level: 1, index: 7) }
            for other in [Array(hashes[..<2]), [hashes[1], hashes[1], hashes[2]], []] {
                let result: Void? = try? await store.write("test") { try $0.save(tile: other, level: 1, index: 7) }
                try expect(result == nil, "a tile was taken back")
            }
            let (kept, elsewhere) = try await store.read { reader in
                (try reader.logTile(level: 1, index: 7), try reader.logTile(level: 2, index: 7))
            }
            try expectEqual(kept, hashes, "the tile")
            try expectEqual(elsewhere, nil, "a tile that nobody wrote")
        },
        Rule("a checkpoint takes the place of the one that its maker knew, and of no other") { subject in
            let store = subject.store
            func head(_ size: Int64, _ root: Int) -> StoredCheckpoint {
                StoredCheckpoint(size: size, root: Sample.digest(root), note: [1, 2, 3], at: Sample.time(root))
            }
            func save(_ head: StoredCheckpoint, replacing size: Int64) async throws -> Bool {
                try await store.write("test") { try $0.save(head, replacing: size) }
            }
            try expectEqual(try await store.read { try $0.checkpoint() }, nil, "the checkpoint of a new store")
            try expect(try await !save(head(5, 1), replacing: 3), "one that nobody had signed was replaced")
            try expect(try await save(head(5, 1), replacing: 0), "the first one")
            try expect(try await !save(head(6, 2), replacing: 0), "there were two first ones")
            try expect(try await !save(head(6, 2), replacing: 4), "an older one was replaced")
            try expect(try await save(head(6, 2), replacing: 5), "the next one")
            for other in [head(5, 1), head(6, 1)] {
                let result = try? await save(other, replacing: 6)
                try expect(result != true, "a checkpoint was taken back")
            }
            try expectEqual(try await store.read { try $0.checkpoint() }, head(6, 2), "the newest")
        },
    ]
}
