import ActionTokens
package import AuthorityCore
package import CanonicalEncoding
package import DomainModel
package import SecretMaterial

/// Claims as an executor makes them, one member at a time.
extension TestAgent {
    /// The proof that lets another executor claim for this agent.
    package func proof(for token: Text, key: SigningKey? = nil, url: Text? = nil) throws -> Text {
        try DPoPProof.mint(
            for: ProofTarget(method: "POST", url: url ?? authority.settings.claimsURL),
            binding: DPoPProof.Binding(accessToken: token), key: key ?? self.key, at: authority.now,
            unique: SystemRandom().bytes(16))
    }

    /// Claims with exactly these members.
    package func claim(
        token: Text, action: JSONValue, proof: Text? = nil, idempotencyKey: Text? = nil
    ) async throws -> ClaimExecution.Answer {
        var body: JSONObject = ["token": .string(token), "action": action]
        if let proof { body["agent_proof"] = .string(proof) }
        return try await ClaimExecution(authority).run(
            try await authenticated("POST", "/v1/claims"), body: .object(body), idempotencyKey: idempotencyKey)
    }

    package func cancel(_ id: RequestID) async throws -> JSONValue {
        try await CancelRequest(authority).run(try await authenticated(), id: id.text)
    }

    package func revoke(_ token: Text) async throws {
        try await RevokeToken(authority).run(try await authenticated(), form: [("token", token)])
    }

    package func introspect(_ token: Text) async throws -> JSONValue {
        try await IntrospectToken(authority).run(try await authenticated(), form: [("token", token)])
    }

    /// The same agent before another authority.
    package func at(_ authority: Authority) -> TestAgent {
        TestAgent(id, key: key, authority: authority)
    }
}
