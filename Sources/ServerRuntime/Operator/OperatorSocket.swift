import AuthorityCore
import CanonicalEncoding
import DomainModel
import Hummingbird
import WireProtocol

/// What the command line on the server's own host may do over `operator.sock`: propose changes, and read what is
/// registered. An administrator confirms in the console; nothing here decides (`docs/decisions/0003-operators-socket.md`).
struct OperatorSocket: Sendable {
    private static let greatestBody = 1 << 20

    var authority: Authority

    func router() -> Router<BasicRequestContext> {
        let router = Router()
        router.post("operator/changes") { [self] request, _ in await answer(.created) { try await propose(request) } }
        router.get("operator/changes/:id") { [self] _, context in
            let id = Text(context.parameters.get("id") ?? "")
            return await answer(.ok) {
                OperatorViews.change(try await ReadChange(authority).run(id: id), authority.settings)
            }
        }
        router.get("operator/inventory") { [self] _, _ in
            await answer(.ok) {
                OperatorViews.inventory(
                    try await ReadInventory(authority).runForOperator(),
                    servers: try await ReadToolServers(authority).runForOperator(), authority.settings)
            }
        }
        return router
    }

    private func propose(_ request: Request) async throws -> JSONValue {
        let body: ByteBuffer
        do {
            body = try await request.body.collect(upTo: Self.greatestBody)
        } catch {
            throw AuthorityError(.payloadTooLarge, "A change is at most \(Self.greatestBody) bytes long.")
        }
        let change = try Change(json: JSONReader.read(Array(body.readableBytesView)))
        let proposal = try await ProposeChange(authority).run(by: .operatorOfHost, change: change)
        return OperatorViews.change(proposal, authority.settings)
    }

    private func answer(_ status: HTTPResponse.Status, _ body: () async throws -> JSONValue) async -> Response {
        do {
            return Self.response(try await body(), status: status, type: "application/json")
        } catch {
            let problem = Self.problem(error)
            return Self.response(
                problem.json, status: HTTPResponse.Status(code: problem.code.status), type: ProblemDocument.mediaType)
        }
    }

    private static func problem(_ error: any Error) -> ProblemDocument {
        let known: AuthorityError =
            switch error {
            case let error as AuthorityError: error
            case let error as MemberError: AuthorityError(error)
            case let error as JSONReadingError: AuthorityError(error)
            default: AuthorityError(.internal, "The server could not answer.", context: "\(error)")
            }
        return ProblemDocument(
            code: known.code, detail: Text(known.detail), hint: known.hint.map { Text($0) },
            position: known.position.map { Int64($0) })
    }

    private static func response(_ json: JSONValue, status: HTTPResponse.Status, type: String) -> Response {
        Response(
            status: status, headers: [.contentType: type, .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: CanonicalJSON.encode(json))))
    }
}
