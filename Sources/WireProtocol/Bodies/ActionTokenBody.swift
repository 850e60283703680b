package import CanonicalEncoding
package import DomainModel

/// The body of `POST /v1/requests/{id}/token`: who will execute.
package struct ActionTokenBody: Hashable, Sendable {
    package var audience: AgentID

    package init(audience: AgentID) {
        self.audience = audience
    }

    package init(json: JSONValue) throws(MemberError) {
        var reader = try MemberReader(json)
        audience = try reader.parsed(reader.text("audience"), "audience") { AgentID($0) }
        try reader.finish()
    }

    package var json: JSONValue { ["audience": .string(audience.text)] }
}

/// The answer: the token for one action.
package struct ActionTokenView: Hashable, Sendable {
    package var accessToken: Text
    /// Whole seconds from the answer on.
    package var expiresIn: Int64
    /// The consumption key: one for a request, whatever the number of its tokens.
    package var txn: Text

    package init(accessToken: Text, expiresIn: Int64, txn: Text) {
        self.accessToken = accessToken
        self.expiresIn = expiresIn
        self.txn = txn
    }

    /// As a client reads it: a newer server may say more.
    package init(json: JSONValue) throws(MemberError) {
        var reader = try MemberReader(json)
        accessToken = try reader.text("access_token")
        expiresIn = try reader.integer("expires_in")
        txn = try reader.text("txn")
        guard try reader.text("token_type") == "DPoP" else { throw reader.error(.invalidValue, "token_type") }
    }

    package var json: JSONValue {
        [
            "access_token": .string(accessToken), "token_type": "DPoP", "expires_in": .integer(expiresIn),
            "txn": .string(txn),
        ]
    }
}
