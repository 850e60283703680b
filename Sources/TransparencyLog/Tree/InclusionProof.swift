package import CanonicalEncoding

/// That a leaf stands at an index of a tree (RFC 6962, section 2.1.1).
package struct InclusionProof: Hashable, Sendable {
    package var index: Int64
    package var size: Int64
    /// From the leaf's sibling up to the root's child.
    package var path: [Digest]

    package init(index: Int64, size: Int64, path: [Digest]) {
        self.index = index
        self.size = size
        self.path = path
    }

    /// The root that follows from the leaf (RFC 9162, section 2.1.3.2); nil where the path is no path of such a tree.
    package func root(leaf: Digest) -> Digest? {
        guard index >= 0, index < size else { return nil }
        var place = index
        var last = size - 1
        var hash = leaf
        for sibling in path {
            guard last > 0 else { return nil }
            if !place.isMultiple(of: 2) || place == last {
                hash = MerkleHash.node(sibling, hash)
                while place.isMultiple(of: 2), place != 0 {
                    place >>= 1
                    last >>= 1
                }
            } else {
                hash = MerkleHash.node(hash, sibling)
            }
            place >>= 1
            last >>= 1
        }
        return last == 0 ? hash : nil
    }

    package func proves(leaf: Digest, in root: Digest) -> Bool { self.root(leaf: leaf) == root }
}
