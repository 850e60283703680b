import AuthorityCore
import AuthorityPorts
import AuthorityTestKit
import CanonicalEncoding
import DomainModel
import SecretMaterial
import Testing
import TransparencyLog

/// Checkpoints over a real store.
struct CheckpointTests {
    private static let origin: Text = "authority.example/log"

    private static func identity() throws -> LogIdentity {
        try #require(LogIdentity(origin: origin, keys: [SigningKey(generating: .ed25519)]))
    }

    private static func append(_ range: Range<Int>, to fixture: AuthorityFixture) async throws {
        let now = fixture.clock.now
        let store: any Store = fixture.store
        try await store.write("test") { transaction in
            for number in range {
                try transaction.append(
                    LogEntry(
                        kind: "test.entry", subject: "test", at: now, epoch: 1,
                        body: ["number": .integer(Int64(number))]))
            }
        }
    }

    private static func signAll(_ fixture: AuthorityFixture, _ identity: LogIdentity) async throws {
        while try await !SignCheckpoint(fixture.authority, identity).run() {}
    }

    private static func head(_ fixture: AuthorityFixture, _ identity: LogIdentity) async throws -> Checkpoint {
        let note = try SignedNote(try await ReadLog(fixture.authority).checkpoint())
        #expect(try note.verified(by: identity.verifierKeys) == identity.verifierKeys)
        return try #require(Checkpoint(text: note.text))
    }

    /// The tree's edge by appending alone, from what the store says the entries are.
    private static func frontier(_ fixture: AuthorityFixture) async throws -> (MerkleFrontier, [Digest]) {
        let store: any Store = fixture.store
        let leaves = try await store.read { try $0.logEntries(from: 0, limit: 1_000_000) }
            .map { MerkleHash.leaf($0.bytes) }
        var frontier = MerkleFrontier()
        for leaf in leaves { frontier.append(leaf: leaf) }
        return (frontier, leaves)
    }

    @Test func `Each head covers everything before it, and every entry is proved under it`() async throws {
        let fixture = try AuthorityFixture()
        let identity = try Self.identity()
        await #expect(throws: AuthorityError.self) { try await ReadLog(fixture.authority).checkpoint() }
        var size = 0
        for step in [1, 254, 1, 1, 300, 65_500, 700] {
            try await Self.append(size..<size + step, to: fixture)
            size += step
            try await Self.signAll(fixture, identity)
            let head = try await Self.head(fixture, identity)
            let (frontier, leaves) = try await Self.frontier(fixture)
            #expect(head == Checkpoint(origin: Self.origin, size: Int64(leaves.count), root: frontier.root))
            for index in [0, 1, 255, 256, 511, 65_535, 65_536, leaves.count - 1] where index < leaves.count {
                let file = try #require(LogProof(try await ReadLog(fixture.authority).proof(index: Int64(index))))
                #expect(try file.proves(leaf: leaves[index], log: identity.verifierKeys[0]))
                #expect(try !file.proves(leaf: MerkleHash.empty, log: identity.verifierKeys[0]))
            }
        }
        await #expect(throws: AuthorityError.self) {
            try await ReadLog(fixture.authority).proof(index: Int64(size) + 1_000)
        }
        try await fixture.close()
    }

    @Test func `Tiles hold what the format says, and no more than a head covers`() async throws {
        let fixture = try AuthorityFixture()
        let identity = try Self.identity()
        try await Self.append(0..<600, to: fixture)
        try await Self.signAll(fixture, identity)
        let (_, leaves) = try await Self.frontier(fixture)
        try await Self.append(600..<700, to: fixture)
        let log = ReadLog(fixture.authority)
        let size = leaves.count
        #expect(try await log.tile(level: 0, path: "001") == leaves[256..<512].flatMap(\.bytes))
        #expect(try await log.tile(level: 0, path: "002.p/\(size - 512)") == leaves[512...].flatMap(\.bytes))
        let upper = try await log.tile(level: 1, path: "000.p/2")
        #expect(upper.count == 64)
        var edge = MerkleFrontier()
        for leaf in leaves[..<256] { edge.append(leaf: leaf) }
        #expect(Array(upper.prefix(32)) == edge.root.bytes)
        let bundle = try await log.entries(path: "000")
        let first = Int(bundle[0]) << 8 | Int(bundle[1])
        #expect(MerkleHash.leaf(Array(bundle[2..<2 + first])) == leaves[0])
        for path in ["002", "002.p/\(size - 511)", "003", "000.p/0", "x000/000"] {
            await #expect(throws: AuthorityError.self) { try await log.tile(level: 0, path: path) }
            await #expect(throws: AuthorityError.self) { try await log.entries(path: path) }
        }
        await #expect(throws: AuthorityError.self) { try await log.tile(level: 1, path: "000.p/3") }
        await #expect(throws: AuthorityError.self) { try await log.tile(level: 9, path: "000") }
        try await fixture.close()
    }

    @Test func `Many who sign at once make one chain of heads`() async throws {
        let fixture = try AuthorityFixture()
        let identity = try Self.identity()
        for round in 0..<20 {
            try await Self.append(round * 10..<round * 10 + 10, to: fixture)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<8 { group.addTask { try await SignCheckpoint(fixture.authority, identity).run() } }
                try await group.waitForAll()
            }
        }
        try await Self.signAll(fixture, identity)
        let (frontier, _) = try await Self.frontier(fixture)
        #expect(try await Self.head(fixture, identity).root == frontier.root)
        try await fixture.close()
    }

    @Test func `A head is never signed over a log that is not the one of the last head`() async throws {
        let fixture = try AuthorityFixture()
        let identity = try Self.identity()
        try await Self.append(0..<10, to: fixture)
        try await Self.signAll(fixture, identity)
        try await Self.append(10..<20, to: fixture)
        let other = LogEntry(kind: "test.other", subject: "test", at: fixture.clock.now, epoch: 1, body: [:])
        // With its hash, as somebody would who knows the format: each entry alone is in order.
        try TestDatabase.damage(
            fixture,
            "UPDATE log SET bytes = x'\(Hex.encode(other.bytes))', leaf_hash = x'\(Hex.encode(MerkleHash.leaf(other.bytes).bytes))' "
                + "WHERE position = 3")
        await #expect(throws: AuthorityError.self) { try await SignCheckpoint(fixture.authority, identity).run() }
        try await fixture.close()
    }

    @Test func `While keys change, both sign`() async throws {
        let fixture = try AuthorityFixture()
        let (old, new) = (SigningKey(generating: .ed25519), SigningKey(generating: .ed25519))
        let before = try #require(LogIdentity(origin: Self.origin, keys: [old]))
        let overlap = try #require(LogIdentity(origin: Self.origin, keys: [old, new]))
        let after = try #require(LogIdentity(origin: Self.origin, keys: [new]))
        #expect(LogIdentity(origin: "two words", keys: [old]) == nil)
        #expect(LogIdentity(origin: Self.origin, keys: []) == nil)
        #expect(LogIdentity(origin: Self.origin, keys: [SigningKey(generating: .es256)]) == nil)
        try await Self.append(0..<3, to: fixture)
        try await Self.signAll(fixture, overlap)
        let note = try SignedNote(try await ReadLog(fixture.authority).checkpoint())
        #expect(try note.verified(by: before.verifierKeys) == before.verifierKeys)
        #expect(try note.verified(by: after.verifierKeys) == after.verifierKeys)
        try await fixture.close()
    }
}
