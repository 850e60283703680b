package import CanonicalEncoding

/// The JSON form in which stores keep what proves a decision or an outcome.
extension AssertionEvidence {
    package var json: JSONValue {
        [
            "statement": statement, "credential": "\(Base64URL.encode(credentialID))",
            "authenticator_data": "\(Base64URL.encode(authenticatorData))",
            "client_data": "\(Base64URL.encode(clientDataJSON))", "signature": "\(Base64URL.encode(signature))",
        ]
    }

    package init(json: JSONValue) throws(MemberError) {
        var reader = try MemberReader(json, path: "evidence")
        self.init(
            statement: try reader.required("statement"), credentialID: try reader.bytes("credential"),
            authenticatorData: try reader.bytes("authenticator_data"), clientDataJSON: try reader.bytes("client_data"),
            signature: try reader.bytes("signature"))
        try reader.finish()
    }
}

extension Completion {
    package var json: JSONValue {
        [
            "outcome": "\(outcome.rawValue)", "observed": .object(observed), "observer": "\(observer.rawValue)",
            "at": "\(at.rfc3339)",
        ]
    }

    package init(json: JSONValue) throws(MemberError) {
        var reader = try MemberReader(json, path: "completion")
        self.init(
            outcome: try reader.word("outcome"), observed: try reader.object("observed"),
            observer: try reader.word("observer"), at: try reader.timestamp("at"))
        try reader.finish()
    }
}

extension ChangeProposal.Confirmation {
    package var json: JSONValue {
        [
            "person": .string(person.text), "decision": "\(decision.rawValue)", "at": "\(at.rfc3339)",
            "evidence": evidence.json,
        ]
    }

    package init(json: JSONValue) throws(MemberError) {
        var reader = try MemberReader(json, path: "confirmation")
        self.init(
            person: try reader.name("person"), decision: try reader.word("decision"), at: try reader.timestamp("at"),
            evidence: try AssertionEvidence(json: reader.required("evidence")))
        try reader.finish()
    }
}

extension AgentKey {
    package var json: JSONValue {
        var object: JSONObject = [
            "thumbprint": .string(thumbprint), "jwk": jwk,
            "created_by": .array(createdBy.sorted().map { .string($0.text) }),
            "created_at": "\(createdAt.rfc3339)",
        ]
        if let retiredAt { object["retired_at"] = "\(retiredAt.rfc3339)" }
        return .object(object)
    }

    package init(json: JSONValue) throws(MemberError) {
        var reader = try MemberReader(json, path: "key")
        self.init(
            thumbprint: try reader.text("thumbprint"), jwk: try reader.required("jwk"),
            createdBy: try Self.creators(&reader), createdAt: try reader.timestamp("created_at"),
            retiredAt: try reader.optionalTimestamp("retired_at"))
        try reader.finish()
    }

    private static func creators(_ reader: inout MemberReader) throws(MemberError) -> Set<PersonID> {
        var creators: Set<PersonID> = []
        for item in try reader.array("created_by") {
            guard let creator = item.textValue.flatMap(PersonID.init) else {
                throw reader.error(.invalidValue, "created_by")
            }
            creators.insert(creator)
        }
        return creators
    }
}
