import ActionTokens
package import AuthorityPorts
package import CanonicalEncoding
package import Logging
package import SecretMaterial

/// Everything that the use cases need, made once by the composition. It never changes and holds no decision; a class, because
/// every call carries it along, and thousands wait with it.
package final class Authority: Sendable {
    package let settings: AuthoritySettings
    package let watch: ChangeWatch
    let store: any Store
    let facts: any FactReader
    let surroundings: Surroundings
    let signingKey: SigningKey
    private let freshness: Freshness
    private let memory = ProcessMemory()
    let probe: StepProbe
    let logger: Logger

    /// Nil when `surroundings.random` gives less than it was asked for.
    package init?(
        settings: AuthoritySettings, store: any Store, facts: any FactReader, surroundings: Surroundings,
        signingKey: SigningKey, probe: StepProbe = .none, logger: Logger
    ) {
        guard let nonceIssuer = NonceIssuer(key: Secret(surroundings.random(32))) else { return nil }
        self.settings = settings
        self.store = store
        self.facts = facts
        self.surroundings = surroundings
        self.signingKey = signingKey
        // The nonce key belongs to this process: proofs that were made for an earlier one are void, so what the replay memory forgot
        // when that process died cannot be replayed (docs/decisions/0006).
        freshness = Freshness(
            nonces: nonceIssuer, replays: ReplayMemory(retentionSeconds: 180),
            loginTickets: LoginTickets(key: Secret(surroundings.random(32))), startedAt: surroundings.now())
        watch = ChangeWatch()
        self.probe = probe
        self.logger = logger
        store.observeChanges { [watch] changes in watch.publish(changes) }
    }

    var policies: PolicyCache { memory.policies }
    var callers: CallerMemory { memory.callers }
    var answers: RequestAnswers { memory.answers }
    /// What the tool servers behind the gateway offer.
    package var catalogue: GatewayCatalogue { memory.catalogue }
    var nonces: NonceIssuer { freshness.nonces }
    var replays: ReplayMemory { freshness.replays }
    var loginTickets: LoginTickets { freshness.loginTickets }
    var startedAt: Timestamp { freshness.startedAt }

    package var now: Timestamp { surroundings.now() }

    /// What the next `DPoP-Nonce` header says.
    package var currentNonce: Text { nonces.nonce(at: now) }

    /// RFC 7517 set of the keys that verify our tokens.
    package var jwks: JSONValue { PublishedKeys.document([signingKey.publicKey]) }
}

extension Authority {
    /// A transaction whose errors are the authority's own.
    func write<Value: Sendable>(
        _ step: StaticString, _ body: @escaping @Sendable (any StoreTransaction) throws -> Value
    ) async throws(AuthorityError) -> Value {
        do {
            return try await store.write(step, body)
        } catch {
            throw AuthorityError(error)
        }
    }

    func read<Value: Sendable>(
        _ body: @escaping @Sendable (any StoreReader) throws -> Value
    ) async throws(AuthorityError) -> Value {
        do {
            return try await store.read(body)
        } catch {
            throw AuthorityError(error)
        }
    }

    var tokenIssuer: TokenIssuer { TokenIssuer(issuer: settings.issuer, key: signingKey) }
    var tokenVerifier: TokenVerifier { TokenVerifier(issuer: settings.issuer, keys: [signingKey.publicKey]) }
    /// The store's epoch as statements and tokens carry it.
    var epochText: Text { Text(String(store.epoch)) }

    /// 256 random bits as base64url: cookies, links, token ids.
    func randomToken() -> Text {
        Text(Base64URL.encode(surroundings.random(32)))
    }
}
