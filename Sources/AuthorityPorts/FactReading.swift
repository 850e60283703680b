package import CanonicalEncoding
package import DomainModel

/// Reads facts about targets (preconditions), on the server's side. Bounded in time by the adapter.
package protocol FactReader: Sendable {
    /// The value as text. An unreadable fact is an error, never an empty value.
    func value(of subject: Text, from provider: FactProvider) async throws(FactError) -> Text
}

/// Why a fact could not be read: whoever relies on it stops (invariant S12).
package struct FactError: Error, Sendable, Hashable {
    package enum Code: String, Sendable {
        /// `of` is not something that this kind of provider can read.
        case invalidSubject = "invalid_subject"
        /// The target did not answer, or is not there.
        case unreadable
    }

    package var code: Code
    /// For people and logs, never for agents.
    package var detail: String

    package init(code: Code, detail: String) {
        self.code = code
        self.detail = detail
    }
}
