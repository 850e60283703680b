import AsyncHTTPClient
import CanonicalEncoding
import NIOCore
import WireProtocol

/// Calls whose answers are read as they come: those of `/mcp`.
extension AgentClient {
    /// What a refusal may hold.
    private static let problemLimit = 65_536

    /// One call with a fresh proof, until there is an answer that is not about credentials.
    ///
    /// - Throws: `lost` where the server may have acted and nobody knows. A call that is not repeatable is made again only while
    ///   it is certain that nothing came of it.
    package func open(_ call: StreamedCall) async throws(ClientError) -> StreamedAnswer {
        try await persist(call.patience) { () async throws(CallFailure) in try await attempt(call) }
    }

    private func attempt(_ call: StreamedCall) async throws(CallFailure) -> StreamedAnswer {
        let token = try await accessToken()
        let url = Text(identity.server.string + call.path)
        var request = TransportRequest(
            method: call.method.rawValue, url: url.string, headers: call.headers, body: call.body)
        request.headers.append(("dpop", try proof(Text(call.method.rawValue), url: url, accessToken: token).string))
        request.headers.append(("authorization", "DPoP \(token)"))
        let answer: StreamedAnswer
        do {
            // People may take their time: how long is too long, the caller decides by ending the call.
            let response = try await AsyncHTTPTransport.client.execute(
                AsyncHTTPTransport.outgoing(request), deadline: .distantFuture)
            answer = StreamedAnswer(response)
        } catch { throw failure(ConnectionFailure(error), of: call) }
        note(nonce: answer["dpop-nonce"])
        switch answer.status {
        case 401: throw try await refusal(answer, forgetting: token)
        case 429, 500...599: throw try await outage(answer, of: call)
        default: return answer
        }
    }

    private func failure(_ failure: ConnectionFailure, of call: StreamedCall) -> CallFailure {
        guard failure.mayHaveArrived, !call.isRepeatable else {
            return .worthRepeating(.unreachable("\(identity.server) does not answer: \(failure)."), after: .zero)
        }
        return .final(.lost("The connection to \(identity.server) broke: \(failure)."))
    }

    private func refusal(_ answer: StreamedAnswer, forgetting token: Text) async throws(CallFailure) -> CallFailure {
        let problem = try await problem(of: answer)
        switch problem.code {
        case .useDPoPNonce: return .staleCredential(problem)
        case .invalidToken:
            forget(accessToken: token)
            return .staleCredential(problem)
        default: return .final(.problem(problem))
        }
    }

    /// The server cannot answer. Of what it says before it looks at the call nothing came; the rest is in doubt.
    private func outage(_ answer: StreamedAnswer, of call: StreamedCall) async throws(CallFailure) -> CallFailure {
        let problem = try await problem(of: answer)
        let isBeforehand = [.rateLimited, .setupRequired].contains(problem.code)
        let isPassing = isBeforehand || [.storeUnavailable, .shuttingDown].contains(problem.code)
        guard isPassing, isBeforehand || call.isRepeatable else { return .final(.problem(problem)) }
        let seconds = answer["retry-after"].flatMap { Int($0.string) } ?? 0
        return .worthRepeating(.problem(problem), after: .seconds(min(max(seconds, 0), 60)))
    }

    private func problem(of answer: StreamedAnswer) async throws(CallFailure) -> ProblemDocument {
        let body: [UInt8]
        do { body = try await answer.whole(upTo: Self.problemLimit) } catch { throw .final(error) }
        let response = TransportResponse(status: answer.status, headers: answer.headers, body: body)
        guard let problem = ProblemDocument(response: response) else {
            throw .final(
                .unexpected("\(identity.server) answered \(answer.status) in a form that is not ours."))
        }
        return problem
    }
}
