import CanonicalEncoding
import SecretMaterial
import Testing

struct SecretTests {
    struct Holder {
        var name = "holder"
        var secret: Secret<String>
    }

    /// Every way in which Swift turns a value into text.
    private func texts<Value>(of value: Value) -> [String] {
        var dumped = ""
        dump(value, to: &dumped)
        var printed = ""
        print(value, to: &printed)
        var debugged = ""
        debugPrint(value, to: &debugged)
        return [
            "\(value)", String(describing: value), String(reflecting: value), dumped, printed, debugged,
            "\(Optional(value) as Any)",
            "\([value])", "\(["key": value])", String(describing: Mirror(reflecting: value).children.map(\.value)),
            "\(Result<Value, Never>.success(value))", "\((1, value))",
        ]
    }

    @Test func `a secret is redacted however it is printed`() {
        for text in texts(of: Secret("hunter2")) + texts(of: Holder(secret: Secret("hunter2"))) {
            #expect(!text.contains("hunter2"))
        }
        for text in texts(of: Secret([UInt8](repeating: 171, count: 4))) { #expect(!text.contains("171")) }
        #expect("\(Secret("hunter2"))" == "‹redacted›")
        #expect(String(reflecting: Secret(1)) == "‹redacted›")
        #expect(Mirror(reflecting: Secret("hunter2")).children.isEmpty)
    }

    @Test func `what is tried to print would have shown a value that is no secret`() {
        for text in texts(of: "hunter2").prefix(9) { #expect(text.contains("hunter2")) }
    }

    @Test(arguments: SignatureAlgorithm.allCases)
    func `a signing key prints as its thumbprint`(algorithm: SignatureAlgorithm) throws {
        let key = SigningKey(generating: algorithm)
        let secret = try #require(key.privateJWK.withUnredacted { $0["d"]?.stringValue })
        for text in texts(of: key) + texts(of: key.privateJWK) { #expect(!text.contains(secret)) }
        #expect("\(key)".contains(key.publicKey.thumbprint))
        #expect(Mirror(reflecting: key).children.isEmpty)
    }

    @Test func `a secret is lent, and errors pass through`() {
        #expect(Secret(20).withUnredacted { $0 + 1 } == 21)
        #expect(throws: CancellationError.self) { try Secret(1).withUnredacted { _ in throw CancellationError() } }
    }

    @Test func `equality in constant time is equality`() {
        #expect(constantTimeEquals([], []))
        #expect(constantTimeEquals([1, 2, 3], [1, 2, 3]))
        #expect(!constantTimeEquals([1, 2, 3], [1, 2]))
        #expect(!constantTimeEquals([1, 2], [1, 2, 3]))
        for index in 0..<32 {
            var other = [UInt8](repeating: 7, count: 32)
            other[index] ^= 0x80
            #expect(!constantTimeEquals(other, [UInt8](repeating: 7, count: 32)))
        }
        // Two differences that would cancel out in a sum or an exclusive or of all bytes.
        #expect(!constantTimeEquals([1, 1], [0, 0]))
        #expect(!constantTimeEquals([1, 2], [2, 1]))
    }

    @Test func `random bytes are as many as asked for and never the same`() {
        for count in [0, 1, 7, 8, 9, 16, 33] { #expect(SystemRandom().bytes(count).count == count) }
        #expect(SystemRandom().bytes(-1).isEmpty)
        #expect(SystemRandom().bytes(16) != SystemRandom().bytes(16))
        #expect(Set(SystemRandom().bytes(4096)).count > 200)
    }
}
