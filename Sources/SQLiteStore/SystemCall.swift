import Glibc

/// What the system answered to a call that failed: a number with a text for people.
struct SystemError: Error, CustomStringConvertible {
    let number: Int32

    /// Reads `errno`: call it right after the call that failed.
    init() { number = errno }

    var description: String { String(cString: strerror(number)) }
}

/// An open file that closes itself. Children never inherit it: a child that outlived the server would keep its lock.
struct OpenFile: ~Copyable {
    let descriptor: Int32

    init(_ path: String, flags: Int32, mode: mode_t = 0o600) throws(SystemError) {
        descriptor = open(path, flags | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw SystemError() }
    }

    deinit { close(descriptor) }

    /// The mode whatever the umask says.
    func setMode(_ mode: mode_t) throws(SystemError) {
        guard fchmod(descriptor, mode) == 0 else { throw SystemError() }
    }

    func sync() throws(SystemError) {
        guard fsync(descriptor) == 0 else { throw SystemError() }
    }

    func write(_ bytes: [UInt8]) throws(SystemError) {
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                Glibc.write(descriptor, buffer.baseAddress?.advanced(by: written), buffer.count - written)
            }
            if count < 0 {
                let error = SystemError()
                guard error.number == EINTR else { throw error }
            } else {
                written += count
            }
        }
    }

    /// At most `limit` bytes.
    func read(atMost limit: Int) throws(SystemError) -> [UInt8] {
        var content: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: min(limit, 65_536))
        while content.count < limit {
            let wanted = min(chunk.count, limit - content.count)
            let count = chunk.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, wanted) }
            if count < 0 {
                let error = SystemError()
                guard error.number == EINTR else { throw error }
            } else if count == 0 {
                break
            } else {
                content.append(contentsOf: chunk.prefix(count))
            }
        }
        return content
    }

    /// True when this open file now holds the lock that at most one can hold; false when another one does.
    func tryLock() throws(SystemError) -> Bool {
        guard flock(descriptor, LOCK_EX | LOCK_NB) != 0 else { return true }
        let error = SystemError()
        guard error.number == EWOULDBLOCK else { throw error }
        return false
    }
}

/// The parts of `lstat` that the store looks at.
struct FileFacts {
    enum Kind { case regular, directory, other }

    let kind: Kind
    let owner: uid_t
    /// The permission bits.
    let mode: mode_t
    let size: Int64

    /// Nil when nothing is there. Does not follow a symbolic link.
    init?(of path: String) throws(SystemError) {
        var found = stat()
        guard lstat(path, &found) == 0 else {
            let error = SystemError()
            if error.number == ENOENT { return nil }
            throw error
        }
        kind =
            switch found.st_mode & S_IFMT {
            case S_IFREG: .regular
            case S_IFDIR: .directory
            default: .other
            }
        owner = found.st_uid
        mode = found.st_mode & 0o7777
        size = Int64(found.st_size)
    }
}
