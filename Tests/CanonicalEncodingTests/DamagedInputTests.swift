import CanonicalEncoding
import Testing

/// Damaged inputs are refused or read; nothing traps, and what is read has one canonical form.
struct DamagedInputTests {
    private func damage(_ bytes: [UInt8], _ random: inout SeededGenerator) -> [UInt8] {
        var damaged = bytes
        for _ in 0...random.below(3) {
            let index = random.below(damaged.count + 1)
            switch random.below(4) {
            case 0: damaged.insert(UInt8(truncatingIfNeeded: random.next()), at: index)
            case 1: damaged.removeSubrange(index..<min(damaged.count, index + random.below(4)))
            case 2 where index < damaged.count: damaged[index] ^= 1 << UInt8(random.below(8))
            default: damaged.insert(contentsOf: damaged.prefix(random.below(9)), at: index)
            }
        }
        return damaged
    }

    @Test(arguments: 0..<4) func `a damaged JSON document is refused or has one canonical form`(part: UInt64) {
        var random = SeededGenerator(seed: part)
        var taken = 0
        for seed in 0..<2500 {
            var document = RandomDocument(seed: part * 2500 + UInt64(seed))
            let spelling = document.spelling(of: document.value())
            guard let value = try? JSONReader.read(damage(Array(spelling.utf8), &random)) else { continue }
            taken += 1
            let canonical = CanonicalJSON.encode(value)
            guard let again = try? JSONReader.read(canonical) else { continue }
            #expect(CanonicalJSON.encode(again) == canonical)
        }
        #expect(taken > 100)
    }

    @Test func `a position never lies outside of the document`() {
        var random = SeededGenerator(seed: 99)
        for seed in 0..<2000 {
            var document = RandomDocument(seed: UInt64(seed))
            let damaged = damage(Array(document.spelling(of: document.value()).utf8), &random)
            guard let refused = refusal(of: damaged) else { continue }
            #expect((0...damaged.count).contains(refused.position))
        }
    }

    @Test func `random bytes are refused or read as CBOR`() {
        var random = SeededGenerator(seed: 7)
        var taken = 0
        for _ in 0..<50_000 {
            let bytes = (0..<random.below(40)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
            guard let (_, consumed) = try? CBORReader.readPrefix(bytes) else { continue }
            taken += 1
            #expect((1...bytes.count).contains(consumed))
            #expect((try? CBORReader.read(Array(bytes.prefix(consumed)))) != nil)
        }
        #expect(taken > 1000)
    }

    @Test func `damaged times and digests are refused or come back as they were`() throws {
        var random = SeededGenerator(seed: 8)
        let digest = Digest(sha256: []).wire
        for _ in 0..<5000 {
            let time = String(decoding: damage(Array("2026-11-21T09:00:00.123Z".utf8), &random), as: UTF8.self)
            if let read = Timestamp(rfc3339: time) { #expect(Timestamp(rfc3339: read.rfc3339) == read) }
            let wire = String(decoding: damage(Array(digest.utf8), &random), as: UTF8.self)
            if let read = Digest(wire: wire) { #expect(Text(read.wire) == Text(wire)) }
        }
    }
}
