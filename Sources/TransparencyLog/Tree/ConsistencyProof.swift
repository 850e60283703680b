package import CanonicalEncoding

/// That a tree is an earlier one with leaves appended (RFC 6962, section 2.1.2).
package struct ConsistencyProof: Hashable, Sendable {
    package var earlier: Int64
    package var size: Int64
    package var path: [Digest]

    package init(earlier: Int64, size: Int64, path: [Digest]) {
        self.earlier = earlier
        self.size = size
        self.path = path
    }

    /// Whether both roots follow from the path (RFC 9162, section 2.1.4.2). Everything is consistent with the tree that was
    /// empty, but nothing proves it, so that it is refused.
    package func proves(_ earlierRoot: Digest, in root: Digest) -> Bool {
        guard earlier >= 0, earlier <= size else { return false }
        if earlier == size { return path.isEmpty && earlierRoot == root }
        guard earlier > 0, !path.isEmpty else { return false }
        // Where the earlier tree is perfect, its root is the first node of the path and is left out.
        var path = path[...]
        let first = earlier.nonzeroBitCount == 1 ? earlierRoot : path.removeFirst()
        var place = earlier - 1
        var last = size - 1
        while !place.isMultiple(of: 2) {
            place >>= 1
            last >>= 1
        }
        var old = first
        var new = first
        for sibling in path {
            guard last > 0 else { return false }
            if !place.isMultiple(of: 2) || place == last {
                old = MerkleHash.node(sibling, old)
                new = MerkleHash.node(sibling, new)
                while place.isMultiple(of: 2), place != 0 {
                    place >>= 1
                    last >>= 1
                }
            } else {
                new = MerkleHash.node(new, sibling)
            }
            place >>= 1
            last >>= 1
        }
        return last == 0 && old == earlierRoot && new == root
    }
}
