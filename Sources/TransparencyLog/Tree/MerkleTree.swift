package import CanonicalEncoding

/// A tree of a certain size over nodes that somebody keeps. It makes the root and the proofs of RFC 6962, section 2.1, and reads
/// no more nodes than it needs: about twice the logarithm of its size.
package struct MerkleTree {
    package let size: Int64
    private let node: (MerkleNode) throws -> Digest

    /// - Parameter node: gives the hash of a whole node within the tree.
    package init(size: Int64, node: @escaping (MerkleNode) throws -> Digest) {
        self.size = size
        self.node = node
    }

    package func root() throws -> Digest {
        size == 0 ? MerkleHash.empty : try hash(of: 0..<size)
    }

    /// The edge from which the tree grows on.
    package func frontier() throws -> MerkleFrontier {
        var subtrees: [Digest] = []
        var covered: Int64 = 0
        for level in stride(from: 62, through: 0, by: -1) where size & (1 << Int64(level)) != 0 {
            subtrees.append(try node(MerkleNode(level: level, index: covered >> Int64(level))))
            covered += 1 << Int64(level)
        }
        return MerkleFrontier(size: size, subtrees: subtrees) ?? MerkleFrontier()
    }

    /// `PATH(index, D[size])`: nil for a leaf that the tree does not have.
    package func inclusion(of index: Int64) throws -> InclusionProof? {
        guard (0..<size).contains(index) else { return nil }
        var path: [Digest] = []
        var range = 0..<size
        while range.count > 1 {
            let middle = Self.middle(of: range)
            if index < middle {
                path.append(try hash(of: middle..<range.upperBound))
                range = range.lowerBound..<middle
            } else {
                path.append(try hash(of: range.lowerBound..<middle))
                range = middle..<range.upperBound
            }
        }
        return InclusionProof(index: index, size: size, path: path.reversed())
    }

    /// `PROOF(earlier, D[size])`: nil where `earlier` is no size that the tree had, or had nothing in it.
    package func consistency(from earlier: Int64) throws -> ConsistencyProof? {
        guard (1...max(size, 1)).contains(earlier), earlier <= size else { return nil }
        var path: [Digest] = []
        var range = 0..<size
        var isEarlierTree = true
        while earlier != range.upperBound {
            let middle = Self.middle(of: range)
            if earlier <= middle {
                path.append(try hash(of: middle..<range.upperBound))
                range = range.lowerBound..<middle
            } else {
                path.append(try hash(of: range.lowerBound..<middle))
                range = middle..<range.upperBound
                isEarlierTree = false
            }
        }
        if !isEarlierTree { path.append(try hash(of: range)) }
        return ConsistencyProof(earlier: earlier, size: size, path: path.reversed())
    }

    /// MTH of leaves that begin where a subtree of at least that length begins.
    private func hash(of range: Range<Int64>) throws -> Digest {
        let count = range.upperBound - range.lowerBound
        if count.nonzeroBitCount == 1 {
            let level = count.trailingZeroBitCount
            return try node(MerkleNode(level: level, index: range.lowerBound >> Int64(level)))
        }
        let middle = Self.middle(of: range)
        return MerkleHash.node(
            try hash(of: range.lowerBound..<middle), try hash(of: middle..<range.upperBound))
    }

    /// The greatest power of two that is smaller than the count, from its beginning.
    private static func middle(of range: Range<Int64>) -> Int64 {
        let count = range.upperBound - range.lowerBound
        return range.lowerBound + 1 << Int64(63 - (count - 1).leadingZeroBitCount)
    }
}
