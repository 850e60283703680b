import CanonicalEncoding

/// The flags of authenticator data (WebAuthn L3 §6.1). Reserved bits are ignored.
package struct AuthenticatorFlags: OptionSet, Hashable, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) { self.rawValue = rawValue }

    package static let userPresent = AuthenticatorFlags(rawValue: 0x01)
    package static let userVerified = AuthenticatorFlags(rawValue: 0x04)
    package static let backupEligible = AuthenticatorFlags(rawValue: 0x08)
    package static let backedUp = AuthenticatorFlags(rawValue: 0x10)
    package static let attestedCredential = AuthenticatorFlags(rawValue: 0x40)
    package static let extensions = AuthenticatorFlags(rawValue: 0x80)
}

/// The credential that a registration carries (WebAuthn L3 §6.5.1).
package struct AttestedCredential: Hashable, Sendable {
    /// 16 bytes: the model of the authenticator, unverified, all zero where it does not say.
    package let aaguid: [UInt8]
    /// 1 to 1023 bytes.
    package let credentialID: [UInt8]
    package let publicKeyCOSE: [UInt8]
}

/// Authenticator data (WebAuthn L3 §6.1), parsed to the last byte and not yet judged.
package struct AuthenticatorData: Hashable, Sendable {
    package let rpIDHash: [UInt8]
    package let flags: AuthenticatorFlags
    package let signCount: UInt32
    /// Present exactly when the AT flag is set.
    package let credential: AttestedCredential?

    /// - Throws: `malformed` for anything missing, and for anything left over.
    package init(_ bytes: [UInt8]) throws(CeremonyError) {
        var reader = ByteReader(bytes)
        rpIDHash = try reader.take(32)
        flags = AuthenticatorFlags(rawValue: try reader.take(1)[0])
        signCount = try reader.take(4).reduce(0) { $0 << 8 | UInt32($1) }
        credential = flags.contains(.attestedCredential) ? try Self.credential(&reader) : nil
        if flags.contains(.extensions) {
            // Unsolicited outputs are ignored (§7.2 step 21), but they have to be one CBOR map.
            guard case .map = try reader.takeCBOR().value else { throw ByteReader.malformed }
        }
        guard reader.isAtEnd else { throw ByteReader.malformed }
    }

    private static func credential(_ reader: inout ByteReader) throws(CeremonyError) -> AttestedCredential {
        let aaguid = try reader.take(16)
        let length = try reader.take(2).reduce(0) { $0 << 8 | Int($1) }
        guard (1...1023).contains(length) else { throw ByteReader.malformed }
        let credentialID = try reader.take(length)
        return AttestedCredential(
            aaguid: aaguid, credentialID: credentialID, publicKeyCOSE: try reader.takeCBOR().bytes)
    }

    /// What both ceremonies demand of it: our RP, a person present and verified, coherent backup flags
    /// (§7.1 steps 14 to 17, §7.2 steps 16 to 19).
    func check(rp: RelyingParty) throws(CeremonyError) {
        guard rpIDHash == rp.idHash else {
            throw CeremonyError(.wrongRPID, "The authenticator signed for another RP id.")
        }
        guard flags.contains(.userPresent) else {
            throw CeremonyError(.userNotPresent, "The authenticator did not see a person.")
        }
        guard flags.contains(.userVerified) else {
            throw CeremonyError(.userNotVerified, "The authenticator did not verify the person.")
        }
        guard flags.contains(.backupEligible) || !flags.contains(.backedUp) else {
            throw CeremonyError(.backupFlags, "The passkey says it is backed up and cannot be.")
        }
    }
}

/// A cursor over bytes that never reads past their end.
struct ByteReader {
    private var rest: ArraySlice<UInt8>

    static let malformed = CeremonyError(.malformed, "The authenticator data is cut short, or something follows it.")

    init(_ bytes: [UInt8]) { rest = bytes[...] }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func take(_ count: Int) throws(CeremonyError) -> [UInt8] {
        guard rest.count >= count else { throw Self.malformed }
        defer { rest = rest.dropFirst(count) }
        return Array(rest.prefix(count))
    }

    mutating func takeCBOR() throws(CeremonyError) -> (value: CBORValue, bytes: [UInt8]) {
        do {
            let (value, consumed) = try CBORReader.readPrefix(Array(rest))
            return (value, try take(consumed))
        } catch {
            throw Self.malformed
        }
    }
}
