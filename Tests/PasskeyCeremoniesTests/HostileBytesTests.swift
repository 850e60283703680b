import CanonicalEncoding
import PasskeyCeremonies
import Testing

/// Bytes from a seeded generator: the same on every run.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

@Suite struct HostileBytesTests {
    @Test func `bytes that were changed, cut and joined at random are refused or read, and never crash`() throws {
        var bench = CeremonyBench()
        let sent = try UnverifiedRegistration(json: bench.registration())
        let ceremony = RegistrationCeremony(rp: bench.rp, challenge: try CeremonyBench.enrolmentChallenge())
        var generator = SeededGenerator(seed: 1)
        var refused = 0
        for _ in 0..<4_000 {
            var bytes = sent.attestationObject
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                let position = Int.random(in: 0..<bytes.count, using: &generator)
                switch Int.random(in: 0..<4, using: &generator) {
                case 0: bytes[position] = UInt8.random(in: 0...255, using: &generator)
                case 1:
                    bytes[position] = [0x00, 0x5B, 0x7F, 0x9B, 0xBB, 0xDB, 0xFF].randomElement(using: &generator) ?? 0
                case 2: bytes.insert(UInt8.random(in: 0...255, using: &generator), at: position)
                default: bytes.removeSubrange(position..<min(bytes.count, position + 8))
                }
                if bytes.isEmpty { bytes = [0] }
            }
            let bent = UnverifiedRegistration(
                credentialID: sent.credentialID, clientDataJSON: sent.clientDataJSON, attestationObject: bytes)
            if (try? ceremony.verify(bent)) == nil { refused += 1 }
        }
        // What is left are changes of the model number, the counter or reserved flags, which nothing signs at enrolment.
        #expect(refused > 3_000)
    }
}
