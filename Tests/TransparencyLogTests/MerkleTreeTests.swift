import CanonicalEncoding
import Testing
import TransparencyLog

struct MerkleTreeTests {
    @Test func `Roots are those of the definition, for every size up to 130`() throws {
        for size in 0...130 {
            let log = KeptNodes(size)
            let expected = KeptNodes.root(log.leaves[...])
            #expect(log.frontier.root == expected)
            #expect(try log.tree().root() == expected)
            #expect(try log.tree().frontier() == log.frontier)
        }
    }

    @Test func `Each leaf of each tree up to 70 is proved, and nothing else is`() throws {
        let log = KeptNodes(70)
        for size in 1...70 {
            let tree = log.tree(Int64(size))
            let root = try tree.root()
            for index in 0..<size {
                let proof = try #require(try tree.inclusion(of: Int64(index)))
                #expect(proof.proves(leaf: log.leaves[index], in: root))
                #expect(!proof.proves(leaf: log.leaves[(index + 1) % 70], in: root))
                expectRefused(proof, log.leaves[index], root)
            }
            #expect(try tree.inclusion(of: Int64(size)) == nil)
            #expect(try tree.inclusion(of: -1) == nil)
        }
    }

    /// Every neighbour of a good proof is a bad one.
    private func expectRefused(_ proof: InclusionProof, _ leaf: Digest, _ root: Digest) {
        var others: [InclusionProof] = []
        for place in proof.path.indices {
            var other = proof
            other.path[place] = MerkleHash.empty
            others.append(other)
            other = proof
            other.path.remove(at: place)
            others.append(other)
        }
        others.append(InclusionProof(index: proof.index, size: proof.size, path: proof.path + [MerkleHash.empty]))
        others.append(InclusionProof(index: proof.size, size: proof.size, path: proof.path))
        others.append(InclusionProof(index: -1, size: proof.size, path: proof.path))
        if proof.size > 1 {
            others.append(InclusionProof(index: (proof.index + 1) % proof.size, size: proof.size, path: proof.path))
        }
        for other in others { #expect(!other.proves(leaf: leaf, in: root)) }
    }

    @Test func `Each tree up to 70 is proved to continue each earlier one, and no other`() throws {
        let log = KeptNodes(70)
        var fork = KeptNodes(0)
        for index in 0..<70 { fork.append(Array("other \(index)".utf8)) }
        for size in 1...70 as ClosedRange<Int64> {
            let tree = log.tree(size)
            let root = try tree.root()
            for earlier in 1...size {
                let proof = try #require(try tree.consistency(from: earlier))
                let earlierRoot = try log.tree(earlier).root()
                #expect(proof.proves(earlierRoot, in: root))
                #expect(!proof.proves(try fork.tree(earlier).root(), in: root))
                #expect(!proof.proves(earlierRoot, in: try fork.tree(size).root()))
                for place in proof.path.indices {
                    var other = proof
                    other.path[place] = MerkleHash.empty
                    #expect(!other.proves(earlierRoot, in: root))
                    other.path.remove(at: place)
                    #expect(!other.proves(earlierRoot, in: root))
                }
            }
            #expect(try tree.consistency(from: 0) == nil)
            #expect(try tree.consistency(from: size + 1) == nil)
        }
    }

    @Test func `A frontier with the wrong number of subtrees is none`() {
        #expect(MerkleFrontier(size: 3, subtrees: [MerkleHash.empty]) == nil)
        #expect(MerkleFrontier(size: -1, subtrees: []) == nil)
        #expect(MerkleFrontier(size: 4, subtrees: [MerkleHash.empty]) != nil)
    }

    @Test func `A proof in a tree of a million leaves reads forty nodes`() throws {
        var read = 0
        let tree = MerkleTree(size: 1_000_000) { _ in
            read += 1
            return MerkleHash.empty
        }
        let proof = try #require(try tree.inclusion(of: 765_432))
        #expect(proof.path.count <= 20)
        #expect(read <= 40)
    }
}
