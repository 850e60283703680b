package import CanonicalEncoding
import Crypto

/// Who asks for ceremonies: the people's plane, as configured and never as a header says (WebAuthn L3 §5.4.2).
package struct RelyingParty: Hashable, Sendable {
    /// The RP id: a host name without scheme and port, `localhost` in development.
    package let id: Text
    /// The only origin on which a ceremony may run, as browsers serialise it: `https://approve.example`, no slash at the end.
    package let origin: Text
    /// What the authenticator shows to the person at enrolment.
    package let name: Text

    package init(id: Text, origin: Text, name: Text) {
        self.id = id
        self.origin = origin
        self.name = name
    }

    /// SHA-256 of the RP id: the first 32 bytes of authenticator data (§6.1).
    package var idHash: [UInt8] { Array(SHA256.hash(data: Array(id.utf8))) }
}
