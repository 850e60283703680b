import AuthorityPorts
import CanonicalEncoding
import DomainModel
import WireProtocol

/// Reads the preconditions of an action again, on the server's side. It waits for other systems, so it runs before the
/// transaction and never inside.
struct LiveFacts: Sendable {
    let authority: Authority

    /// The first precondition that no longer holds; nil when all do. A fact that cannot be read is an error: doubt stops.
    func firstChanged(_ preconditions: [Precondition]) async throws(AuthorityError) -> Precondition? {
        guard !preconditions.isEmpty else { return nil }
        for precondition in preconditions {
            let provider = try await authority.read { try $0.factProvider(precondition.provider) }
            guard let provider else {
                throw AuthorityError(
                    .unknownFactProvider, "There is no fact provider `\(precondition.provider)`.",
                    hint: "An administrator registers providers; a precondition names one of them.")
            }
            let value = try await value(of: precondition, from: provider)
            if value != precondition.value { return precondition }
        }
        return nil
    }

    /// The same of a request that was assessed before. Nil also where a provider is another one by now: the transaction that
    /// follows sees it and says so, and nothing is read from where nobody approved it.
    func firstChanged(of request: RequestID, _ preconditions: [Precondition]) async throws(AuthorityError)
        -> Precondition?
    {
        guard !preconditions.isEmpty else { return nil }
        let isCurrent = try await authority.read { reader in
            guard let request = try reader.request(request) else { return false }
            guard let registration = request.assessment.registration else { return true }
            return try registration.providers
                == Registration.providers(of: request.submission.action, reader: reader)
        }
        guard isCurrent else { return nil }
        return try await firstChanged(preconditions)
    }

    private func value(
        of precondition: Precondition, from provider: FactProvider
    ) async throws(AuthorityError) -> Text {
        do {
            return try await authority.facts.value(of: precondition.of, from: provider)
        } catch {
            switch error.code {
            case .invalidSubject:
                throw AuthorityError(
                    .invalidValue, "`of` is nothing that the provider `\(provider.name)` can read.",
                    context: error.detail)
            case .unreadable:
                throw AuthorityError(
                    .factUnreadable, "The provider `\(provider.name)` could not read its fact; nothing was done.",
                    context: error.detail, retryAfterSeconds: 5)
            }
        }
    }
}
