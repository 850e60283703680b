import Crypto
import Foundation

/// A self-signed certificate for `localhost` and `127.0.0.1`, written in DER as RFC 5280 says, and its key.
struct TestCertificate {
    let certificatePEM: String
    let keyPEM: String

    init() throws {
        let key = P256.Signing.PrivateKey()
        keyPEM = key.pemRepresentation
        var random = SystemRandomNumberGenerator()
        // Positive and without leading zeros, as an INTEGER has to be.
        let serial = [UInt8(0x40)] + (0..<8).map { _ in UInt8.random(in: .min ... .max, using: &random) }
        let algorithm = Self.sequence([Self.object([0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03, 0x02])])
        let commonName = Self.sequence([Self.object([0x55, 0x04, 0x03]), Self.value(0x0C, Array("test".utf8))])
        let name = Self.sequence([Self.value(0x31, commonName)])
        let life = Self.sequence([
            Self.value(0x17, Array("200101000000Z".utf8)), Self.value(0x17, Array("491231235959Z".utf8)),
        ])
        let names = Self.sequence([Self.value(0x82, Array("localhost".utf8)), Self.value(0x87, [127, 0, 0, 1])])
        let subjects = Self.sequence([Self.object([0x55, 0x1D, 0x11]), Self.value(0x04, names)])
        let signed = Self.sequence([
            Self.value(0xA0, Self.value(0x02, [2])), Self.value(0x02, serial), algorithm, name, life, name,
            Array(key.publicKey.derRepresentation), Self.value(0xA3, Self.sequence([subjects])),
        ])
        let signature = try key.signature(for: signed).derRepresentation
        let certificate = Self.sequence([signed, algorithm, Self.value(0x03, [0] + Array(signature))])
        let lines = Data(certificate).base64EncodedString(options: [.lineLength64Characters, .endLineWithLineFeed])
        certificatePEM = "-----BEGIN CERTIFICATE-----\n\(lines)\n-----END CERTIFICATE-----\n"
    }

    /// Writes both files in place, the key for its user alone.
    func write(chain: String, key: String) throws {
        for (text, path) in [(certificatePEM, chain), (keyPEM, key)] {
            try Data(text.utf8).write(to: URL(filePath: path))
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
        }
    }

    private static func sequence(_ parts: [[UInt8]]) -> [UInt8] { value(0x30, parts.flatMap { $0 }) }
    private static func object(_ identifier: [UInt8]) -> [UInt8] { value(0x06, identifier) }

    /// Tag, length, content (X.690, 8.1).
    private static func value(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
        let count = content.count
        let length: [UInt8] =
            count < 0x80
            ? [UInt8(count)]
            : count < 0x100 ? [0x81, UInt8(count)] : [0x82, UInt8(count >> 8), UInt8(count & 0xFF)]
        return [tag] + length + content
    }
}
