import ActionTokens
import ApprovalWorkflow
import AuthorityPorts
package import CanonicalEncoding
import DomainModel
import WireProtocol

/// `POST /v1/requests/{id}/token`: the one-action token, once everything still holds.
package struct IssueActionToken: Sendable {
    let authority: Authority

    package init(_ authority: Authority) {
        self.authority = authority
    }

    /// While a token of the request lives, asking again gives the same one anew (same `jti`, `txn` and expiry), so that a
    /// lost answer costs nothing.
    package func run(_ caller: AuthenticatedAgent, id: Text, body: JSONValue) async throws(AuthorityError) -> JSONValue
    {
        guard let id = RequestID(id) else { throw .notFound("no handle of a request") }
        let asked: ActionTokenBody
        do { asked = try ActionTokenBody(json: body) } catch { throw AuthorityError(error) }
        authority.probe.reached(.tokenBeforeTransaction)
        let request = try await authority.read { reader in
            let request = try Self.own(id, of: caller, in: reader)
            try reader.checkIsNotTheGateways(request.submission.action.tool)
            return request
        }
        let changed = try await LiveFacts(authority: authority)
            .firstChanged(of: id, request.submission.action.preconditions)
        let authority = authority
        let granted = try await authority.write("issue action token") { transaction in
            let result = try grant(id, to: asked.audience, for: caller, changed: changed, in: transaction)
            authority.probe.reached(.tokenBeforeCommit)
            return result
        }.get()
        authority.probe.reached(.tokenAfterCommit)
        let token = try minted(granted)
        authority.probe.reached(.tokenAfterMint)
        return token
    }

    private static func own(
        _ id: RequestID, of caller: AuthenticatedAgent, in reader: any StoreReader
    ) throws -> ApprovalRequest {
        // Another key of the same agent is another asker (invariant S8).
        guard let request = try reader.request(id), request.submission.agent == caller.id,
            request.submission.keyThumbprint == caller.keyThumbprint
        else { throw AuthorityError.notFound("\(id) is not of this key or not there") }
        return request
    }

    /// A refusal that ends the request is a value, so that its end is committed.
    private func grant(
        _ id: RequestID, to audience: AgentID, for caller: AuthenticatedAgent, changed: Precondition?,
        in transaction: any StoreTransaction
    ) throws -> Result<ApprovalRequest, AuthorityError> {
        let now = authority.now
        let epoch = authority.store.epoch
        var request = try Self.own(id, of: caller, in: transaction)
        if let grant = request.progress.grant, request.progress.status == .granted {
            if now < grant.tokenExpiresAt {
                guard grant.audience == audience else {
                    throw AuthorityError(
                        .requestNotApproved, "A token for another executor is still valid.",
                        hint: "Revoke it at /oauth/revoke, or wait until it lapses.")
                }
            } else {
                request = try transaction.advance(request, by: .tokenLapsed, at: now, epoch: epoch)
                // Each object changes once in a transaction; the token is issued in the next one.
                return .failure(
                    AuthorityError(.requestNotApproved, "The last token has lapsed; ask again.", retryAfterSeconds: 0))
            }
        } else if request.progress.status != .approved {
            throw Self.notApproved(request)
        }
        let recheck = Recheck(authority: authority)
        let verdict: Recheck.Outcome =
            try changed == nil
            ? recheck.verdict(request, executor: audience, reader: transaction, at: now)
            : .ends(.becameStale(.preconditionChanged))
        switch verdict {
        case .waits(let refusal): throw refusal
        case .ends(let event):
            let ended = try transaction.advance(request, by: event, at: now, epoch: epoch)
            return .failure(AuthorityError(endOf: ended))
        case .stands(let until, _):
            guard request.progress.status == .approved else { return .success(request) }
            try Self.check(audience, for: request.submission.action.tool, transaction, at: now)
            let grant = try authority.newGrant(request, audience: audience, until: until, at: now)
            let granted = try transaction.advance(
                request, by: .tokenIssued(grant), at: now, epoch: epoch, saying: ["audience": .string(audience.text)])
            authority.probe.reached(.tokenAfterUpdate)
            return .success(granted)
        }
    }

    private static func check(
        _ audience: AgentID, for tool: ToolReference, _ reader: any StoreReader, at now: Timestamp
    ) throws {
        try reader.checkIsNotTheGateways(tool)
        guard try reader.agent(audience)?.isActive(at: now) == true else {
            throw AuthorityError(.unknownName, "There is no executor `\(audience)`.")
        }
    }

    private static func notApproved(_ request: ApprovalRequest) -> AuthorityError {
        let status = request.progress.status
        guard status == .denied, request.assessment.tier == .deny else {
            return AuthorityError(.requestNotApproved, "The request is \(status.rawValue).")
        }
        let reason = request.progress.endReason?.rawValue ?? ""
        return AuthorityError(.policyDenied, "The request was denied when it was opened (\(reason)).")
    }

    private func minted(_ request: ApprovalRequest) throws(AuthorityError) -> JSONValue {
        guard let grant = request.progress.grant else {
            throw AuthorityError(.internal, "The server could not answer.", context: "granted without a grant")
        }
        let submission = request.submission
        let now = authority.now
        let token = TokenClaims(
            issuer: authority.settings.issuer, subject: (submission.agent.text, submission.agent.text),
            life: TokenLife(
                issuedAt: min(request.progress.updatedAt, now), expiresAt: grant.tokenExpiresAt, tokenID: grant.tokenID),
            keyThumbprint: submission.keyThumbprint, epoch: authority.epochText)
        do {
            let text = try authority.tokenIssuer.mint(
                ActionTokenClaims(
                    token: token, audience: grant.audience.text, txn: grant.txn, action: submission.digest,
                    request: request.id.text))
            return ActionTokenView(
                accessToken: text, expiresIn: max(0, grant.tokenExpiresAt.seconds - now.seconds), txn: grant.txn
            ).json
        } catch {
            throw AuthorityError(.votesExpired, "There is no time left for a token.", context: "\(error)")
        }
    }
}

extension AuthorityError {
    /// What is said to somebody who comes to a request that has just ended.
    init(endOf request: ApprovalRequest) {
        let reason = request.progress.endReason?.rawValue ?? ""
        switch request.progress.status {
        case .stale:
            self.init(
                .stale, "What this request was approved for has changed (\(reason)).",
                hint: "Open a new request with `supersedes`: the approver sees the difference.")
        case .expired: self.init(.votesExpired, "The request's time is over (\(reason)).", hint: "Open a new one.")
        default: self.init(.requestEnded, "The request is \(request.progress.status.rawValue) (\(reason)).")
        }
    }
}
