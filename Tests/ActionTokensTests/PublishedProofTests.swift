import ActionTokens
import CanonicalEncoding
import Testing

/// The proof of RFC 9449 §4.1, its key's thumbprint from §6.1, and the token hash of §7.1.
@Suite struct PublishedProofTests {
    static let header =
        "eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6Ik"
        + "VDIiwieCI6Imw4dEZyaHgtMzR0VjNoUklDUkRZOXpDa0RscEJoRjQyVVFVZldWQVdCR"
        + "nMiLCJ5IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10NnY5VERWclUwQ2R2R1JE"
        + "QSIsImNydiI6IlAtMjU2In19"
    static let proof = Text(
        header + ".eyJqdGkiOiItQndDM0VTYzZhY2MybFRjIiwiaHRtIjoiUE9TVCIsImh0dSI6Imh0"
            + "dHBzOi8vc2VydmVyLmV4YW1wbGUuY29tL3Rva2VuIiwiaWF0IjoxNTYyMjYyNjE2fQ."
            + "2-GxA6T8lP4vfrg8v-FdWP0A0zdrj8igiMLvqRMUvwnQg4PtFLbdLXiOSsX0x7NVY-FNyJK70nfbV37xRZT3Lg")
    static let thumbprint: Text = "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"

    @Test func `the proof of RFC 9449 verifies for its request and its key`() throws {
        let verified = try DPoPVerifier(nonces: .notRequired).verify(
            [Self.proof], for: ProofTarget(method: "POST", url: "https://server.example.com/token"),
            boundTo: nil, now: Timestamp(seconds: 1_562_262_616)
        ).get()
        #expect(verified.thumbprint == Self.thumbprint)
    }

    @Test func `the token hash is that of RFC 9449`() throws {
        let bench = TokenBench()
        let proof = try DPoPProof.mint(
            for: ProofTarget(method: "GET", url: "https://resource.example.org/protectedresource"),
            binding: DPoPProof.Binding(accessToken: "Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU"),
            key: bench.agentKey, at: bench.now, unique: Array(repeating: 1, count: 16))
        let claims = try CompactJWS(proof).payload
        #expect(claims["ath"] == "fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo")
    }
}
