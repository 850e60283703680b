package import CanonicalEncoding

/// What a person signs: one approves towards a quorum, one denial ends the request.
package enum Decision: String, Sendable, CaseIterable, Hashable {
    case approve
    case deny
}

/// A person's signed decision, with everything that a verifier needs years later.
package struct Vote: Hashable, Sendable {
    package var request: RequestID
    package var person: PersonID
    package var decision: Decision
    /// When the server accepted it.
    package var castAt: Timestamp
    /// What the vote is good for: the `ttl` of the rule from `castAt`.
    package var expiresAt: Timestamp
    package var assurance: Int64
    package var evidence: AssertionEvidence
    package var withdrawnAt: Timestamp?

    package init(
        request: RequestID, person: PersonID, decision: Decision, castAt: Timestamp, expiresAt: Timestamp,
        assurance: Int64, evidence: AssertionEvidence, withdrawnAt: Timestamp? = nil
    ) {
        self.request = request
        self.person = person
        self.decision = decision
        self.castAt = castAt
        self.expiresAt = expiresAt
        self.assurance = assurance
        self.evidence = evidence
        self.withdrawnAt = withdrawnAt
    }

    /// Not withdrawn, and an approval not yet past its time: a time that equals an expiry is past it. A denial does not
    /// lapse.
    package func stands(at now: Timestamp) -> Bool {
        withdrawnAt == nil && (decision == .deny || now < expiresAt)
    }
}

/// A statement and the WebAuthn assertion over its digest, byte for byte as they came.
package struct AssertionEvidence: Hashable, Sendable {
    /// The statement as canonical JSON.
    package var statement: JSONValue
    package var credentialID: [UInt8]
    package var authenticatorData: [UInt8]
    package var clientDataJSON: [UInt8]
    package var signature: [UInt8]

    package init(
        statement: JSONValue, credentialID: [UInt8], authenticatorData: [UInt8], clientDataJSON: [UInt8],
        signature: [UInt8]
    ) {
        self.statement = statement
        self.credentialID = credentialID
        self.authenticatorData = authenticatorData
        self.clientDataJSON = clientDataJSON
        self.signature = signature
    }
}
