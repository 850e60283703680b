import CanonicalEncoding
import Glibc

/// What is remembered of a store outside its directory, so that an older copy of it is noticed (invariant S14).
struct StoreAnchor: Hashable, Sendable {
    /// The store's random name, lower-case hex.
    var store: Text
    var epoch: Int64
    /// The number of log entries.
    var logSize: Int64
    /// The leaf hash of the newest entry: a copy that went its own way has another one there. Nil for an empty log.
    var newestLeaf: Digest?

    private static let type: Text = "countersign.anchor.v1"

    var json: JSONValue {
        var object: JSONObject = [
            "type": .string(Self.type), "store": .string(store), "epoch": .integer(epoch),
            "log_size": .integer(logSize),
        ]
        if let newestLeaf { object["newest_leaf"] = "\(newestLeaf.wire)" }
        return .object(object)
    }

    init(store: Text, epoch: Int64, logSize: Int64, newestLeaf: Digest?) {
        self.store = store
        self.epoch = epoch
        self.logSize = logSize
        self.newestLeaf = newestLeaf
    }

    init(json: JSONValue) throws(MemberError) {
        var reader = try MemberReader(json, path: "anchor")
        guard try reader.text("type") == Self.type else { throw reader.error(.invalidValue, "type") }
        store = try reader.text("store")
        epoch = try reader.integer("epoch")
        logSize = try reader.integer("log_size")
        newestLeaf = try reader.optionalDigest("newest_leaf")
        try reader.finish()
    }
}

/// The file that holds an anchor; it is replaced whole or not at all.
struct AnchorFile: Sendable {
    let path: String

    /// The chosen path, or `DIRECTORY.anchor`. Inside the directory it would be copied along with the store.
    init(besides directory: String, chosen: String?) throws(StoreOpeningError) {
        let directory = StoreDirectory.withoutTrailingSlash(directory)
        path = chosen ?? "\(directory).anchor"
        guard !path.utf8.starts(with: "\(directory)/".utf8) else {
            throw StoreOpeningError(
                .anchorUnusable, "The anchor \(path) lies inside the store's directory.",
                hint: "Put it outside, best on another disk: it must not be copied along with the store.")
        }
    }

    /// Nil when there is none.
    func read() throws(StoreOpeningError) -> StoreAnchor? {
        try StoreDirectory.check(path, is: .regular)
        let content: [UInt8]
        do throws(SystemError) {
            guard try FileFacts(of: path) != nil else { return nil }
            content = try OpenFile(path, flags: O_RDONLY | O_NOFOLLOW).read(atMost: 4096)
        } catch { throw StoreDirectory.unavailable(path, error) }
        guard let json = try? JSONReader.read(content), let anchor = try? StoreAnchor(json: json) else {
            throw StoreOpeningError(
                .anchorUnusable, "\(path) is not an anchor.",
                hint: "Put it back from where it was copied; if it is lost, run `countersign restore`.")
        }
        return anchor
    }

    /// Atomic and durable: temporary file, fsync, rename, fsync of the parent. If we crash in between, the old anchor stands.
    func write(_ anchor: StoreAnchor) throws(SystemError) {
        let temporary = "\(path).new"
        unlink(temporary)
        let file = try OpenFile(temporary, flags: O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW)
        try file.setMode(0o600)
        try file.write(CanonicalJSON.encode(anchor.json) + [UInt8(ascii: "\n")])
        try file.sync()
        guard rename(temporary, path) == 0 else { throw SystemError() }
        try OpenFile(parent, flags: O_RDONLY | O_DIRECTORY).sync()
    }

    private var parent: String {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}
