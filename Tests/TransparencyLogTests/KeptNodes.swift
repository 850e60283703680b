import CanonicalEncoding
import TransparencyLog

/// A log in memory: its leaves, and every node that the frontier said is whole.
struct KeptNodes {
    private(set) var frontier = MerkleFrontier()
    private(set) var nodes: [MerkleNode: Digest] = [:]
    private(set) var leaves: [Digest] = []

    init(_ count: Int = 0) {
        for index in 0..<count { append(Array("entry \(index)".utf8)) }
    }

    mutating func append(_ data: [UInt8]) {
        let leaf = MerkleHash.leaf(data)
        leaves.append(leaf)
        var completed: [(MerkleNode, Digest)] = []
        frontier.append(leaf: leaf) { completed.append(($0, $1)) }
        for (node, hash) in completed { nodes[node] = hash }
    }

    func tree(_ size: Int64? = nil) -> MerkleTree {
        MerkleTree(size: size ?? frontier.size) { [nodes] node in
            guard let hash = nodes[node] else { throw Missing(node: node) }
            return hash
        }
    }

    struct Missing: Error { let node: MerkleNode }

    /// MTH as RFC 6962 (2.1) writes it, for comparison.
    static func root(_ leaves: ArraySlice<Digest>) -> Digest {
        guard leaves.count > 1 else { return leaves.first ?? Digest(sha256: [UInt8]()) }
        var middle = 1
        while middle * 2 < leaves.count { middle *= 2 }
        let left = root(leaves.prefix(middle))
        let right = root(leaves.dropFirst(middle))
        return Digest(sha256: [0x01] + left.bytes + right.bytes)
    }
}
