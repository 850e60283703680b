import CanonicalEncoding
import Foundation
import Testing
import TransparencyLog

/// Proofs that others publish, good and bad (`shared/vectors/merkle`).
struct PublishedProofTests {
    @Test func `Published inclusion proofs are taken and refused as they should be`() throws {
        guard let cases = try cases("inclusion.json") else { return }
        for item in cases {
            let proof = InclusionProof(
                index: item["leafIdx"]?.integerValue ?? -1, size: item["treeSize"]?.integerValue ?? -1, path: path(item)
            )
            let isRefused = item["wantErr"] == true
            guard let leaf = digest(item["leafHash"]), let root = digest(item["root"]) else {
                #expect(isRefused, "\(item)")
                continue
            }
            #expect(proof.proves(leaf: leaf, in: root) != isRefused, "\(item)")
        }
    }

    @Test func `Published consistency proofs are taken and refused as they should be`() throws {
        guard let cases = try cases("consistency.json") else { return }
        for item in cases {
            let proof = ConsistencyProof(
                earlier: item["size1"]?.integerValue ?? -1, size: item["size2"]?.integerValue ?? -1, path: path(item))
            let isRefused = item["wantErr"] == true
            guard let old = digest(item["root1"]), let new = digest(item["root2"]) else {
                // One case compares roots that no SHA-256 has; a type of ours has none such.
                #expect(isRefused || item["root1"] == item["root2"], "\(item)")
                continue
            }
            #expect(proof.proves(old, in: new) != isRefused, "\(item)")
        }
    }

    private func path(_ item: JSONValue) -> [Digest] {
        // A hash of the wrong length makes a proof that nothing follows from.
        (item["proof"]?.arrayValue ?? []).map { digest($0) ?? MerkleHash.empty }
    }

    private func digest(_ value: JSONValue?) -> Digest? {
        value?.stringValue.flatMap(Base64.decode).flatMap(Digest.init(bytes:))
    }

    private func cases(_ name: String) throws -> [JSONValue]? {
        guard let folder = vectors?.appending(path: "merkle") else {
            #expect(ProcessInfo.processInfo.environment["CI"] != "true", "SHARED_VECTORS names where they lie")
            return nil
        }
        // The reader takes no integer beyond 64 bits with a sign; the one that stands there is refused like any that is too large.
        let text = try String(contentsOf: folder.appending(path: name), encoding: .utf8)
            .replacing("18446744073709551615", with: "9223372036854775807")
        let cases = try #require(JSONReader.read(Array(text.utf8), limits: .stored).arrayValue)
        #expect(cases.count == 65)
        return cases
    }

    private var vectors: URL? {
        if let named = ProcessInfo.processInfo.environment["SHARED_VECTORS"] { return URL(filePath: named) }
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let beside = root.deletingLastPathComponent().appending(path: "shared/vectors")
        return FileManager.default.fileExists(atPath: beside.path()) ? beside : nil
    }
}
