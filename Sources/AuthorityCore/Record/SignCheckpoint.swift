import AuthorityPorts
import CanonicalEncoding
import TransparencyLog

/// Signs the head of the log: reads back what was appended since the last checkpoint, grows the tree by it, and puts the new head
/// in the place of the old one. It keeps nothing in memory, so that it can die anywhere, and two that run at once cannot fork the
/// log: one of them finds that the head is another one now, and begins again.
package struct SignCheckpoint: Sendable {
    /// Entries of one step: it bounds what a step holds in memory and how long it writes.
    private static let batch = 8192

    let authority: Authority
    let identity: LogIdentity

    package init(_ authority: Authority, _ identity: LogIdentity) {
        self.authority = authority
        self.identity = identity
    }

    /// One step; says whether the head covered everything that was there. Call it again at once where it did not, and
    /// otherwise at least once a second.
    @discardableResult
    package func run() async throws(AuthorityError) -> Bool {
        let growth = try await authority.read { try Growth(reading: $0, atMost: Self.batch) }
        guard let growth else { return true }
        let head = Checkpoint(origin: identity.origin, size: growth.frontier.size, root: growth.frontier.root)
        let stored: StoredCheckpoint
        do {
            stored = StoredCheckpoint(
                size: head.size, root: head.root, note: try identity.sign(head).bytes, at: authority.now)
        } catch { throw AuthorityError(error) }
        let didReplace = try await authority.write("sign checkpoint") { transaction in
            guard try transaction.save(stored, replacing: growth.since) else { return false }
            for (place, hashes) in growth.tiles {
                try transaction.save(tile: hashes, level: place.level, index: place.index)
            }
            return true
        }
        return didReplace && growth.isAll
    }
}

/// What the tree is to grow by.
private struct Growth: Sendable {
    struct Place: Hashable {
        let level: Int
        let index: Int64
    }

    /// The size of the last checkpoint.
    let since: Int64
    private(set) var frontier: MerkleFrontier
    /// Tiles above the leaves that have more hashes than before, whole.
    private(set) var tiles: [Place: [Digest]] = [:]
    let isAll: Bool

    /// Nil where nothing was appended.
    init?(reading reader: any StoreReader, atMost limit: Int) throws {
        let last = try reader.checkpoint()
        since = last?.size ?? 0
        // The bytes are hashed anew by the store: what is signed was read back.
        let entries = try reader.logEntries(from: since, limit: limit)
        guard !entries.isEmpty else { return nil }
        isAll = entries.count < limit
        let nodes = LogNodes(reader)
        frontier = try nodes.tree(size: since).frontier()
        guard last == nil || frontier.root == last?.root else {
            throw StoreError.damaged("the log is not the one that its last checkpoint was signed for")
        }
        for (offset, entry) in entries.enumerated() {
            guard entry.index == since + Int64(offset) else {
                throw StoreError.damaged("entry \(since + Int64(offset)) of the log is missing")
            }
            var completed: [(MerkleNode, Digest)] = []
            frontier.append(leaf: entry.leafHash) { node, hash in
                if node.level > 0, node.level.isMultiple(of: HashTile.height) { completed.append((node, hash)) }
            }
            for (node, hash) in completed { try add(hash, of: node, nodes) }
        }
    }

    private mutating func add(_ hash: Digest, of node: MerkleNode, _ nodes: LogNodes) throws {
        let width = Int64(HashTile.greatestWidth)
        let place = Place(level: node.level / HashTile.height, index: node.index / width)
        var hashes = try tiles[place] ?? nodes.hashes(level: place.level, index: place.index)
        guard hashes.count == Int(node.index % width) else {
            throw StoreError.damaged("tile \(place.index) of level \(place.level) of the log has another width")
        }
        hashes.append(hash)
        tiles[place] = hashes
    }
}
