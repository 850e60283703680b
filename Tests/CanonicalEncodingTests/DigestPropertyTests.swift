import CanonicalEncoding
import Foundation
import Testing

struct DigestPropertyTests {
    /// How many documents: `scripts/documents` asks for a million in `COUNTERSIGN_DOCUMENTS`.
    static let documents = ProcessInfo.processInfo.environment["COUNTERSIGN_DOCUMENTS"].flatMap(Int.init) ?? 20_000
    private static let parts = 20

    /// The issue names the seed that repeats a failure.
    @Test(arguments: 0..<parts)
    func `spelling never changes a digest and meaning always does`(part: Int) throws {
        let first = Self.documents * part / Self.parts
        let end = Self.documents * (part + 1) / Self.parts
        for index in first..<end {
            let seed = UInt64(index)
            var document = RandomDocument(seed: seed)
            let value = document.value()
            let digest = Digest(domain: "countersign.action.v1", value)
            let read = try JSONReader.read(document.spelling(of: value))
            guard read == value || isEqualAsNumbers(read, value) else {
                return report(seed, "is read as another value")
            }
            guard Digest(domain: "countersign.action.v1", read) == digest else {
                return report(seed, "changed its digest")
            }
            let again = try JSONReader.read(CanonicalJSON.encode(value))
            guard CanonicalJSON.encode(again) == CanonicalJSON.encode(value) else {
                return report(seed, "is not canonical")
            }
            let other = document.changed(value)
            guard Digest(domain: "countersign.action.v1", other) != digest else {
                return report(seed, "kept its digest")
            }
        }
        print("documents \(first) to \(end) of \(Self.documents) kept their digests")
    }

    /// Whether they differ at most in `1` and `1.0`, which are the same number in JSON.
    private func isEqualAsNumbers(_ left: JSONValue, _ right: JSONValue) -> Bool {
        CanonicalJSON.encode(left) == CanonicalJSON.encode(right)
    }

    private func report(_ seed: UInt64, _ what: Comment) {
        Issue.record("The document of seed \(seed) \(what).")
    }
}
