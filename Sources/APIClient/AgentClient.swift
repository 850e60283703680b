import ActionTokens
package import CanonicalEncoding
package import DomainModel
package import SecretMaterial
import Synchronization
import WireProtocol

/// Speaks to the agents' plane as one agent: proves possession of its key with every call, keeps its access token, and repeats
/// what was lost on the way.
package final class AgentClient: Sendable {
    /// Who calls whom.
    package struct Identity: Sendable {
        package var agent: AgentID
        package var key: SigningKey
        /// The server's public base URL without a trailing slash: also its issuer identifier (RFC 8414).
        package var server: Text

        package init(agent: AgentID, key: SigningKey, server: Text) {
            self.agent = agent
            self.key = key
            self.server = server
        }
    }

    private struct Session {
        var accessToken: (text: Text, expiresAt: Timestamp)?
        var nonce: Text?
    }

    package let identity: Identity
    let transport: any HTTPTransport
    let surroundings: ClientSurroundings
    /// How long lost connections and a server that cannot answer are worth repeating.
    let patience: Duration
    private let session = Mutex(Session())

    package init(
        identity: Identity, surroundings: ClientSurroundings, patience: Duration = .seconds(120),
        transport: any HTTPTransport = AsyncHTTPTransport()
    ) {
        self.identity = identity
        self.surroundings = surroundings
        self.patience = patience
        self.transport = transport
    }

    /// So many bytes from the client's source of chance: for idempotency keys.
    package func randomBytes(_ count: Int) -> [UInt8] { surroundings.random(count) }

    /// One call, until it is answered: fresh proof each time, the same body and idempotency key.
    func call(_ call: AgentCall) async throws(ClientError) -> TransportResponse {
        try await persist(call.patience) { () async throws(CallFailure) in try await attempt(call) }
    }

    /// Attempts until one succeeds, fails for good, or patience ends; nil: the client's.
    func persist<Answer: Sendable>(
        _ patience: Duration?, _ attempt: () async throws(CallFailure) -> Answer
    ) async throws(ClientError) -> Answer {
        var retry = Retry(random: surroundings.random)
        let end = surroundings.now().adding(milliseconds: (patience ?? self.patience).wholeMilliseconds)
        var credentialsRefused = 0
        while true {
            do throws(CallFailure) {
                return try await attempt()
            } catch {
                switch error {
                case .final(let error): throw error
                case .staleCredential(let problem):
                    credentialsRefused += 1
                    guard credentialsRefused <= 2 else { throw .problem(problem) }
                case .worthRepeating(let error, let after):
                    let pause = max(retry.pause(), after)
                    guard surroundings.now().adding(milliseconds: pause.wholeMilliseconds) < end else { throw error }
                    surroundings.repeating(error)
                    do { try await surroundings.sleep(pause) } catch { throw .unreachable("The call was ended.") }
                }
            }
        }
    }

    func note(nonce: Text?) {
        if let nonce { session.withLock { $0.nonce = nonce } }
    }

    /// Unless another has taken its place meanwhile.
    func forget(accessToken: Text) {
        session.withLock { session in
            if session.accessToken?.text == accessToken { session.accessToken = nil }
        }
    }

    private func attempt(_ call: AgentCall) async throws(CallFailure) -> TransportResponse {
        let token = call.route == .issueAccessToken ? nil : try await accessToken()
        let url = Text(identity.server.string + call.path)
        let body: [UInt8]
        do { body = try call.body() } catch { throw .final(.unexpected("The agent's key does not sign.")) }
        var request = TransportRequest(
            method: call.route.method.rawValue, url: url.string + call.query, headers: call.headers, body: body,
            timeout: call.timeout)
        if call.provesPossession {
            request.headers.append(
                ("dpop", try proof(Text(call.route.method.rawValue), url: url, accessToken: token).string))
        }
        if let token { request.headers.append(("authorization", "DPoP \(token)")) }
        let response: TransportResponse
        do { response = try await transport.exchange(request) } catch {
            throw .worthRepeating(.unreachable("\(identity.server) does not answer: \(error)."), after: .zero)
        }
        note(nonce: response["dpop-nonce"])
        guard !(200...299).contains(response.status), response.status != 304 else { return response }
        throw failure(response, route: call.route)
    }

    private func failure(_ response: TransportResponse, route: AgentRoute) -> CallFailure {
        guard let problem = ProblemDocument(response: response) else {
            let error = ClientError.unexpected(
                "\(identity.server) answered \(response.status) in a form that is not ours.")
            return response.status >= 502 ? .worthRepeating(error, after: .zero) : .final(error)
        }
        switch problem.code {
        case .useDPoPNonce: return .staleCredential(problem)
        case .invalidToken where route != .issueAccessToken:
            session.withLock { $0.accessToken = nil }
            return .staleCredential(problem)
        case .storeUnavailable, .shuttingDown, .rateLimited, .setupRequired:
            let seconds = response["retry-after"].flatMap { Int($0.string) } ?? 0
            return .worthRepeating(.problem(problem), after: .seconds(min(max(seconds, 0), 60)))
        default: return .final(.problem(problem))
        }
    }

    /// The token, while it has ten seconds left; otherwise a new one.
    func accessToken() async throws(CallFailure) -> Text {
        let now = surroundings.now()
        if let token = session.withLock({ $0.accessToken }), now.adding(seconds: 10) < token.expiresAt {
            return token.text
        }
        let response: TransportResponse
        do throws(ClientError) {
            response = try await call(tokenCall())
        } catch { throw .final(error) }
        guard let json = try? JSONReader.read(response.body), let text = json["access_token"]?.textValue,
            let seconds = json["expires_in"]?.integerValue
        else { throw .final(.unexpected("\(identity.server) gave no access token.")) }
        session.withLock { $0.accessToken = (text, now.adding(seconds: seconds)) }
        return text
    }

    func proof(_ method: Text, url: Text, accessToken: Text?) throws(CallFailure) -> Text {
        do {
            return try DPoPProof.mint(
                for: ProofTarget(method: method, url: url),
                binding: DPoPProof.Binding(accessToken: accessToken, nonce: session.withLock { $0.nonce }),
                key: identity.key, at: surroundings.now(), unique: surroundings.random(16))
        } catch { throw .final(.unexpected("The agent's key does not sign.")) }
    }

    /// A new assertion for each attempt: the server remembers those it has seen.
    func tokenCall(resource: Text? = nil) -> AgentCall {
        var call = AgentCall(.issueAccessToken)
        call.headers = [("content-type", "application/x-www-form-urlencoded")]
        call.body = { [identity, surroundings] in
            let assertion = try ClientAssertion.mint(
                clientID: identity.agent.text, issuer: identity.server, key: identity.key, at: surroundings.now(),
                unique: surroundings.random(16))
            var fields: [(Text, Text)] = [
                ("grant_type", "client_credentials"), ("client_assertion_type", ClientAssertion.assertionType),
                ("client_assertion", assertion),
            ]
            if let resource { fields.append(("resource", resource)) }
            return FormWriter.bytes(fields)
        }
        return call
    }
}
