import AuthorityPorts
import CanonicalEncoding
import Foundation
import GRDB
import SQLiteStore
import Testing

@Suite(.serialized)
struct OpeningTests {
    let scratch: ScratchStore

    init() throws { scratch = try ScratchStore() }

    @Test(arguments: [mode_t(0o000), 0o022, 0o777])
    func `files and directory are the owner's alone whatever the umask says`(mask: mode_t) async throws {
        let before = umask(mask)
        defer { umask(before) }
        let store = try scratch.open()
        _ = try await store.write("test") { try $0.append(ScratchStore.entry(1)) }
        #expect(try scratch.mode(scratch.directory) == 0o700)
        let names = try FileManager.default.contentsOfDirectory(atPath: scratch.directory).sorted()
        #expect(names == ["countersign.sqlite", "countersign.sqlite-shm", "countersign.sqlite-wal", "lock"])
        for name in names { #expect(try scratch.mode("\(scratch.directory)/\(name)") == 0o600, "\(name)") }
        #expect(try scratch.mode(scratch.anchor) == 0o600)
        try await store.close()
    }

    @Test(arguments: ["", "/countersign.sqlite", "/lock"], [0o750, 0o644, 0o602])
    func `a directory or file that others can enter is refused`(name: String, mode: Int) async throws {
        try await scratch.fill(1)
        #expect(chmod(scratch.directory + name, mode_t(mode)) == 0)
        #expect(try await scratch.refusal() == .wrongPermissions)
        #expect(chmod(scratch.directory + name, name.isEmpty ? 0o700 : 0o600) == 0)
        #expect(try await scratch.refusal() == nil)
    }

    @Test(.enabled(if: geteuid() == 0, "only root can give files away"), arguments: ["", "/countersign.sqlite"])
    func `a directory or file of another user is refused`(name: String) async throws {
        try await scratch.fill(1)
        #expect(chown(scratch.directory + name, 65_534, 65_534) == 0)
        #expect(try await scratch.refusal() == .wrongPermissions)
    }

    @Test func `a link in place of the database is refused`() async throws {
        try await scratch.fill(1)
        try FileManager.default.moveItem(atPath: scratch.database, toPath: "\(scratch.parent)/elsewhere")
        #expect(symlink("\(scratch.parent)/elsewhere", scratch.database) == 0)
        #expect(try await scratch.refusal() == .wrongPermissions)
    }

    @Test func `a second opening is refused while the first is open, and not after`() async throws {
        let store = try scratch.open()
        #expect(try await scratch.refusal() == .inUse)
        try await store.close()
        #expect(try await scratch.refusal() == nil)
    }

    @Test func `a lock that another process holds refuses the store`() async throws {
        try await scratch.fill(1)
        let holder = Process()
        holder.executableURL = URL(fileURLWithPath: "/usr/bin/flock")
        holder.arguments = ["\(scratch.directory)/lock", "sh", "-c", "echo held; read line"]
        let (input, output) = (Pipe(), Pipe())
        holder.standardInput = input
        holder.standardOutput = output
        try holder.run()
        #expect(try await onOwnThread { output.fileHandleForReading.readData(ofLength: 5) } == Data("held\n".utf8))
        #expect(try await scratch.refusal() == .inUse)
        try input.fileHandleForWriting.close()
        try await onOwnThread { holder.waitUntilExit() }
        #expect(try await scratch.refusal() == nil)
    }

    @Test func `a newer schema is refused`() async throws {
        try await scratch.fill(1)
        try await alter { try $0.execute(sql: "PRAGMA user_version = 9999") }
        #expect(try await scratch.refusal() == .newerSchema)
    }

    @Test func `a store of the first schema is brought forward with what it holds`() async throws {
        try await scratch.fill(3)
        try await alter { database in
            try database.execute(
                sql: """
                    DROP TRIGGER executions_keep_aftermath;
                    ALTER TABLE executions DROP COLUMN aftermath;
                    ALTER TABLE policies DROP COLUMN scenarios;
                    ALTER TABLE agents DROP COLUMN bearer_allowed_at;
                    DROP TABLE upstreams;
                    DROP TABLE held_calls;
                    DROP INDEX executions_of_executor;
                    DROP TABLE discovered_tools;
                    DROP TABLE log_tiles;
                    DROP TABLE log_checkpoint;
                    PRAGMA user_version = 1;
                    """)
        }
        let store = try scratch.open()
        #expect(try await store.read { try $0.logSize() } == 3)
        try await store.close()
        try await alter { database in
            #expect(try Int.fetchOne(database, sql: "PRAGMA user_version") == 7)
            let columns = try String.fetchAll(database, sql: "SELECT name FROM pragma_table_info('executions')")
            #expect(columns.contains("aftermath"))
            let kept = try String.fetchAll(database, sql: "SELECT name FROM pragma_table_info('policies')")
            #expect(kept.contains("scenarios"))
            let agents = try String.fetchAll(database, sql: "SELECT name FROM pragma_table_info('agents')")
            #expect(agents.contains("bearer_allowed_at"))
            #expect(try Int.fetchOne(database, sql: "SELECT count(*) FROM discovered_tools") == 0)
            #expect(try Int.fetchOne(database, sql: "SELECT count(*) FROM held_calls") == 0)
        }
    }

    @Test func `the database of another program is refused as damaged`() async throws {
        try await scratch.fill(1)
        try await alter { try $0.execute(sql: "PRAGMA application_id = 1") }
        #expect(try await scratch.refusal() == .damaged)
    }

    enum Damage: CaseIterable {
        case emptied, truncated, headerFlipped, schemaFlipped, treeFlipped, noise
    }

    @Test(arguments: Damage.allCases)
    func `a damaged file is refused and left as it is`(damage: Damage) async throws {
        try await scratch.fill(400)
        var content = try [UInt8](Data(contentsOf: URL(fileURLWithPath: scratch.database)))
        switch damage {
        case .emptied: content = []
        case .truncated: content.removeLast(content.count / 2)
        case .headerFlipped: content[3] ^= 0xFF
        case .schemaFlipped: for position in 100..<112 { content[position] ^= 0xFF }
        case .treeFlipped: for page in 2..<(content.count / 4096) { content[page * 4096] ^= 0xFF }
        case .noise:
            for position in 4096..<content.count { content[position] = UInt8(truncatingIfNeeded: position &* 31) }
        }
        try Data(content).write(to: URL(fileURLWithPath: scratch.database))
        #expect(chmod(scratch.database, 0o600) == 0)
        // An emptied file is no store: the anchor says that there was one.
        #expect(try await scratch.refusal() == (damage == .emptied ? .behindAnchor : .damaged))
        #expect(try [UInt8](Data(contentsOf: URL(fileURLWithPath: scratch.database))) == content)
    }

    @Test func `every acknowledged commit is synced: FULL is in force, and a body shows up after it alone`()
        async throws
    {
        let store = try scratch.open()
        #expect(
            try await store.durability()
                == .init(synchronous: 2, journal: "wal", checkpointPages: 1000, temporaryStore: 2))
        try await store.close()
    }

    @Test func `a closed store is unavailable, and closing twice is harmless`() async throws {
        let store = try scratch.open()
        try await store.close()
        try await store.close()
        await #expect(throws: StoreError.self) {
            _ = try await store.write("test") { try $0.append(ScratchStore.entry(1)) }
        }
        await #expect(throws: StoreError.self) { try await store.read { try $0.logSize() } }
    }

    private func alter(_ body: @Sendable (Database) throws -> Void) async throws {
        let database = try DatabaseQueue(path: scratch.database)
        try await database.writeWithoutTransaction { try body($0) }
        try database.close()
    }
}
