import Glibc

/// The directory of a store: whose it is, who may look into it, and that one process alone has it open.
struct StoreDirectory: ~Copyable {
    /// Without a slash at the end.
    let path: String
    /// Held until the value goes; the system releases it when the process dies.
    private let lock: OpenFile

    var databasePath: String { "\(path)/countersign.sqlite" }

    /// Creates what is missing (0700 and 0600 whatever the umask says), checks what is there, and takes the lock.
    init(_ directory: String) throws(StoreOpeningError) {
        let path = Self.withoutTrailingSlash(directory)
        try Self.prepare(path)
        let lock = try Self.lock("\(path)/lock")
        for name in ["countersign.sqlite", "countersign.sqlite-wal", "countersign.sqlite-shm"] {
            try Self.check("\(path)/\(name)", is: .regular)
        }
        self.path = path
        self.lock = lock
    }

    static func withoutTrailingSlash(_ path: String) -> String {
        var path = path[...]
        while path.utf8.count > 1, path.utf8.last == UInt8(ascii: "/") { path = path.dropLast() }
        return String(path)
    }

    /// Whether there is a database with anything in it.
    func hasDatabase() throws(StoreOpeningError) -> Bool {
        do throws(SystemError) {
            return try FileFacts(of: databasePath).map { $0.size > 0 } ?? false
        } catch { throw Self.unavailable(databasePath, error) }
    }

    /// An empty file of the right mode: SQLite gives its own files the mode of the database's.
    func createDatabaseFile() throws(StoreOpeningError) {
        do throws(SystemError) {
            guard try FileFacts(of: databasePath) == nil else { return }
            let file = try OpenFile(databasePath, flags: O_CREAT | O_EXCL | O_RDWR | O_NOFOLLOW)
            try file.setMode(0o600)
            try file.sync()
            try OpenFile(path, flags: O_RDONLY | O_DIRECTORY).sync()
        } catch { throw Self.unavailable(databasePath, error) }
    }

    private static func prepare(_ path: String) throws(StoreOpeningError) {
        do throws(SystemError) {
            if try FileFacts(of: path) == nil {
                guard mkdir(path, 0o700) == 0, chmod(path, 0o700) == 0 else { throw SystemError() }
            }
        } catch { throw unavailable(path, error) }
        try check(path, is: .directory)
    }

    private static func lock(_ path: String) throws(StoreOpeningError) -> OpenFile {
        try check(path, is: .regular)
        do throws(SystemError) {
            let file = try OpenFile(path, flags: O_CREAT | O_RDWR | O_NOFOLLOW)
            try file.setMode(0o600)
            if try file.tryLock() { return file }
        } catch { throw unavailable(path, error) }
        throw StoreOpeningError(
            .inUse, "Another process has the store open (\(path) is locked).",
            hint: "Stop the other server, or give this one a directory of its own.")
    }

    /// What exists at the path is of that kind, ours, and closed to everybody else; nothing there is fine.
    static func check(_ path: String, is kind: FileFacts.Kind) throws(StoreOpeningError) {
        let found: FileFacts?
        do throws(SystemError) { found = try FileFacts(of: path) } catch { throw unavailable(path, error) }
        guard let found else { return }
        let (noun, mode) = kind == .directory ? ("directory", "700") : ("regular file", "600")
        guard found.kind == kind else {
            throw StoreOpeningError(
                .wrongPermissions, "\(path) is not a \(noun).", hint: "Move it away, or choose another path.")
        }
        guard found.owner == geteuid() else {
            throw StoreOpeningError(
                .wrongPermissions, "\(path) belongs to user \(found.owner), not to the user of this process.",
                hint: "Run as its owner, or give it to this user with chown \(geteuid()) \(path).")
        }
        guard found.mode & 0o077 == 0 else {
            throw StoreOpeningError(
                .wrongPermissions, "\(path) is open to other users (mode \(String(found.mode, radix: 8))).",
                hint: "Find out who could have changed it, then run chmod \(mode) \(path).")
        }
    }

    static func unavailable(_ path: String, _ error: SystemError) -> StoreOpeningError {
        StoreOpeningError(
            .unavailable, "\(path) cannot be used: \(error).",
            hint: "Check that its parent exists, is on a writable disk with space, and belongs to this user.")
    }
}
