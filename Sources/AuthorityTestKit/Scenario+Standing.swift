package import AuthorityCore
package import CanonicalEncoding
package import DomainModel
package import SecretMaterial

/// A request at some point of its life, with what came into being on the way.
package struct Standing: Sendable {
    package let id: RequestID
    package var token: Text?
    package var execution: ExecutionID?
}

extension Scenario {
    /// A deletion that people have to decide, or another action.
    package func pending(_ action: JSONValue = Scenario.deletion, more: JSONObject = [:]) async throws -> Standing {
        Standing(id: try await agent.open(action, more: more).id)
    }

    package func approved(_ action: JSONValue = Scenario.deletion, more: JSONObject = [:]) async throws -> Standing {
        let standing = try await pending(action, more: more)
        try await approver.decide(.approve, on: standing.id)
        return standing
    }

    package func granted(_ action: JSONValue = Scenario.deletion, more: JSONObject = [:]) async throws -> Standing {
        var standing = try await approved(action, more: more)
        standing.token = try await agent.token(for: standing.id)
        return standing
    }

    package func executing(_ action: JSONValue = Scenario.deletion, more: JSONObject = [:]) async throws -> Standing {
        var standing = try await granted(action, more: more)
        standing.execution = try await agent.claim(standing.id, token: standing.token ?? "")
        return standing
    }

    /// Brings a request to a state that is not terminal.
    package func reach(
        _ status: RequestStatus, _ action: JSONValue = Scenario.deletion, more: JSONObject = [:]
    ) async throws -> Standing {
        switch status {
        case .pending: try await pending(action, more: more)
        case .approved: try await approved(action, more: more)
        case .granted: try await granted(action, more: more)
        default: try await executing(action, more: more)
        }
    }

    /// The next step that somebody would take with the request, before which everything is checked again: the approver's
    /// ceremony, the token, the claim. Nil: it was allowed.
    package func nextStep(_ standing: Standing) async throws -> AuthorityError? {
        let status = try await fixture.request(standing.id).progress.status
        return try await refusal {
            switch status {
            case .pending: _ = try await approver.begin(.approve, on: standing.id)
            case .granted: _ = try await agent.claim(standing.id, token: standing.token ?? "")
            default: _ = try await agent.token(for: standing.id)
            }
        }
    }

    /// Another agent with a key of its own; whoever confirms changes created the key.
    package func addAgent(
        _ name: Text, key: SigningKey = SigningKey(generating: .es256), lifeSeconds: Int64 = 86_400,
        owner: PersonID? = nil
    ) async throws -> TestAgent {
        let id: AgentID = try Self.name(name)
        try await approver.change(
            .addAgent(
                Change.AgentSpec(
                    id: id, owner: owner ?? self.owner, purpose: "executes", environment: nil, groups: [],
                    jwk: key.publicKey.json,
                    endsAt: clock.now.adding(seconds: lifeSeconds))))
        return TestAgent(id, key: key, authority: authority)
    }

    /// The same people and agent before another authority.
    package func at(_ fixture: AuthorityFixture) -> Scenario { Scenario(self, at: fixture) }

    /// The same people and agent after a restart of the server. Close the store of what is returned.
    package func restarted() async throws -> Scenario {
        Scenario(self, at: try await fixture.restarted())
    }

    /// The same people and agent after a restore of the record. Close the store of what is returned.
    package func restored() async throws -> Scenario {
        Scenario(self, at: try await fixture.restored())
    }
}

/// What the body was refused with; nil where it was not. Anything but a refusal is passed on.
package func refusal<Value>(_ body: () async throws -> Value) async throws -> AuthorityError? {
    do {
        _ = try await body()
        return nil
    } catch let error as AuthorityError {
        return error
    }
}
