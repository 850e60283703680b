import AuthorityPorts
import CanonicalEncoding
import TransparencyLog

/// The nodes of the log's tree in one snapshot of the store: from the log itself below, from stored tiles above. Each tile is read
/// once, and its inner nodes are hashed anew from what it holds.
final class LogNodes {
    private struct Place: Hashable {
        let level: Int
        let index: Int64
    }

    private let reader: any StoreReader
    private var tiles: [Place: [[Digest]]] = [:]

    init(_ reader: any StoreReader) {
        self.reader = reader
    }

    /// The tree of the first `size` entries, all of which a checkpoint covers.
    func tree(size: Int64) -> MerkleTree {
        MerkleTree(size: size) { [self] node in try hash(node) }
    }

    /// The hashes of a tile, as far as they are there.
    func hashes(level: Int, index: Int64) throws -> [Digest] {
        guard level == 0 else { return try reader.logTile(level: level, index: index) ?? [] }
        return try reader.leafHashes(
            from: index * Int64(HashTile.greatestWidth), limit: HashTile.greatestWidth)
    }

    private func hash(_ node: MerkleNode) throws -> Digest {
        let (level, height) = node.level.quotientAndRemainder(dividingBy: HashTile.height)
        let first = node.index << Int64(height)
        let place = Place(level: level, index: first >> Int64(HashTile.height))
        let tile = try tile(place)
        let offset = Int(first & Int64(HashTile.greatestWidth - 1)) >> height
        guard height < tile.count, offset < tile[height].count else {
            throw StoreError.damaged("tile \(place.index) of level \(level) of the log is too short")
        }
        return tile[height][offset]
    }

    /// The tile's hashes and, above them, those of each height within it.
    private func tile(_ place: Place) throws -> [[Digest]] {
        if let known = tiles[place] { return known }
        var heights = [try hashes(level: place.level, index: place.index)]
        while let below = heights.last, below.count > 1, heights.count < HashTile.height {
            heights.append(
                stride(from: 1, to: below.count, by: 2).map { MerkleHash.node(below[$0 - 1], below[$0]) })
        }
        tiles[place] = heights
        return heights
    }
}
