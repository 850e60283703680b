import CanonicalEncoding

/// The members of a COSE_Key (RFC 9052 §7) by integer label; text labels and private parts are refused.
struct COSEKey {
    private let members: [Int64: CBORValue]

    init(_ value: CBORValue) throws(CeremonyError) {
        guard case .map(let pairs) = value else { throw Self.malformed("The public key is no COSE map.") }
        var members: [Int64: CBORValue] = [:]
        for pair in pairs {
            guard let label = pair.key.integerValue else {
                throw Self.malformed("A label of the public key is no integer.")
            }
            members[label] = pair.value
        }
        // -4 is `d` of EC2 and OKP and a prime of RSA: whoever sends it has sent a private key.
        guard members[-4] == nil else { throw Self.malformed("The public key carries a private part.") }
        self.members = members
    }

    func integer(_ label: Int64) throws(CeremonyError) -> Int64 {
        guard let integer = members[label]?.integerValue else {
            throw Self.malformed("The public key lacks an integer member.")
        }
        return integer
    }

    func bytes(_ label: Int64) throws(CeremonyError) -> [UInt8] {
        guard let bytes = members[label]?.bytesValue else {
            throw Self.malformed("The public key lacks a byte string.")
        }
        return bytes
    }

    static func malformed(_ detail: Text) -> CeremonyError { CeremonyError(.malformed, detail) }
}
