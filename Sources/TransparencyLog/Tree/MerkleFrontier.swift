package import CanonicalEncoding

/// The right edge of a tree: the roots of the perfect subtrees that it consists of, which is all that growing needs
/// (RFC 6962, section 2.1). Whoever keeps it appends to a log of any length without reading it again.
package struct MerkleFrontier: Hashable, Sendable {
    /// The number of leaves.
    package private(set) var size: Int64
    /// One for each bit that is set in `size`, the largest subtree first.
    package private(set) var subtrees: [Digest]

    /// The edge of the empty tree.
    package init() {
        size = 0
        subtrees = []
    }

    /// An edge that was kept. Nil where there are more or fewer subtrees than a tree of that size has.
    package init?(size: Int64, subtrees: [Digest]) {
        guard size >= 0, subtrees.count == size.nonzeroBitCount else { return nil }
        self.size = size
        self.subtrees = subtrees
    }

    /// Appends one leaf. `didComplete` is told of each node that is whole now and never changes again, from the leaf upward.
    package mutating func append(leaf: Digest, didComplete: (MerkleNode, Digest) -> Void = { _, _ in }) {
        var hash = leaf
        var node = MerkleNode(level: 0, index: size)
        didComplete(node, hash)
        while !node.index.isMultiple(of: 2), let left = subtrees.popLast() {
            hash = MerkleHash.node(left, hash)
            node = node.parent
            didComplete(node, hash)
        }
        subtrees.append(hash)
        size += 1
    }

    /// MTH of the whole tree.
    package var root: Digest {
        guard var root = subtrees.last else { return MerkleHash.empty }
        for left in subtrees.dropLast().reversed() { root = MerkleHash.node(left, root) }
        return root
    }
}

/// A node of a perfect subtree: at `level` it covers the leaves from `index << level` on, `1 << level` of them.
package struct MerkleNode: Hashable, Sendable {
    package var level: Int
    package var index: Int64

    package init(level: Int, index: Int64) {
        self.level = level
        self.index = index
    }

    var parent: MerkleNode { MerkleNode(level: level + 1, index: index >> 1) }
}
