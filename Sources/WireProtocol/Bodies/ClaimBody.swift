package import CanonicalEncoding
package import DomainModel

/// The body of `POST /v1/claims`: the token, and the action as it is about to run.
package struct ClaimBody: Hashable, Sendable {
    package var token: Text
    package var action: Action
    /// The DPoP proof that the agent made for this claim, where another executes for it.
    package var agentProof: Text?
    /// A public key to which a credential in the answer is sealed.
    package var deliveryKey: JSONValue?

    package init(token: Text, action: Action, agentProof: Text? = nil, deliveryKey: JSONValue? = nil) {
        self.token = token
        self.action = action
        self.agentProof = agentProof
        self.deliveryKey = deliveryKey
    }

    package init(json: JSONValue) throws(MemberError) {
        var reader = try MemberReader(json)
        token = try reader.text("token", atMost: 16_384)
        action = try Action(json: reader.required("action"))
        agentProof = try reader.optionalText("agent_proof", atMost: 16_384)
        if let key = try reader.optionalObject("delivery_key") { deliveryKey = .object(key) }
        try reader.finish()
    }

    package var json: JSONValue {
        var object: JSONObject = ["token": .string(token), "action": action.json]
        if let agentProof { object["agent_proof"] = .string(agentProof) }
        if let deliveryKey { object["delivery_key"] = deliveryKey }
        return .object(object)
    }
}

/// The answer to a claim: run it now, and be done by the deadline.
package struct ClaimView: Hashable, Sendable {
    package var execution: ExecutionID
    package var deadline: Timestamp

    package init(execution: ExecutionID, deadline: Timestamp) {
        self.execution = execution
        self.deadline = deadline
    }

    /// As a client reads it: a newer server may say more.
    package init(json: JSONValue) throws(MemberError) {
        var reader = try MemberReader(json)
        execution = try reader.parsed(reader.text("execution"), "execution") { ExecutionID($0) }
        deadline = try reader.timestamp("deadline")
    }

    package var json: JSONValue {
        ["execution": .string(execution.text), "deadline": "\(deadline.rfc3339)"]
    }
}
