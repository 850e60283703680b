import AuthorityCore
import CanonicalEncoding
import DomainModel
import Hummingbird
import SecretMaterial
import WireProtocol

/// The calls that change something. Each reads its body strictly, asks one use case, and encodes what that says.
extension ConsoleCall {
    func beginEnrolment() async throws(AuthorityError) -> Response {
        let token = try await body { reader throws(MemberError) in try reader.text("token") }
        let begun = try await BeginEnrolment(authority).run(linkToken: token)
        var object = ConsoleJSON.ceremony(begun.ceremony)
        object["person"] = ConsoleJSON.person(begun.person)
        return Response(json: object)
    }

    func finishEnrolment() async throws(AuthorityError) -> Response {
        let (token, ceremony, credential) = try await body { reader throws(MemberError) in
            (try reader.text("token"), try reader.text("ceremony"), try reader.required("credential"))
        }
        return signedIn(
            try await FinishEnrolment(authority).run(linkToken: token, ceremony: ceremony, registration: credential))
    }

    func takeEnrolmentLink(_ viewer: Viewer) async throws(AuthorityError) -> Response {
        try await body { _ in }
        var object: JSONObject = [:]
        try await TakeEnrolmentLink(authority).run(viewer)?.withUnredacted { object["enrolment_link"] = .string($0) }
        return Response(json: object)
    }

    func beginLogin() async throws(AuthorityError) -> Response {
        try await body { _ in }
        return Response(json: ConsoleJSON.ceremony(try BeginLogin(authority).run()))
    }

    func finishLogin() async throws(AuthorityError) -> Response {
        let (ceremony, credential) = try await assertionBody()
        return signedIn(try await FinishLogin(authority).run(ceremony: ceremony, assertion: credential))
    }

    func logout() async throws(AuthorityError) -> Response {
        try await body { _ in }
        if let cookie = SessionCookie.value(in: request.headers) { try await EndSession(authority).run(cookie: cookie) }
        return Response(json: [:], cookie: SessionCookie.removal)
    }

    func beginVote(_ viewer: Viewer) async throws(AuthorityError) -> Response {
        let asked = try await body { reader throws(MemberError) in
            (
                id: try reader.text("request"), decision: try Self.decision(&reader),
                criteria: try Self.texts("criteria", &reader), rendering: try reader.text("rendering")
            )
        }
        let issued = try await BeginVote(authority).run(
            viewer, id: asked.id, decision: asked.decision, criteria: asked.criteria, renderingDigest: asked.rendering)
        return Response(json: ConsoleJSON.ceremony(issued))
    }

    func castVote(_ viewer: Viewer) async throws(AuthorityError) -> Response {
        let (ceremony, credential) = try await assertionBody()
        let read = try await CastVote(authority).run(viewer, ceremony: ceremony, assertion: credential)
        return Response(json: ConsoleJSON.request(read))
    }

    func proposeChange(_ viewer: Viewer) async throws(AuthorityError) -> Response {
        let change = try await body(atMost: ConsoleBody.greatestPolicyBytes) { reader throws(MemberError) in
            try Change(json: reader.required("change"))
        }
        let proposal = try await ProposeChange(authority).run(by: .viewer(viewer), change: change)
        return Response(json: ConsoleJSON.change(proposal))
    }

    func beginConfirmation(_ viewer: Viewer) async throws(AuthorityError) -> Response {
        let (change, decision) = try await body { reader throws(MemberError) in
            (try reader.text("change"), try Self.decision(&reader))
        }
        let issued = try await BeginConfirmation(authority).run(viewer, change: change, decision: decision)
        return Response(json: ConsoleJSON.ceremony(issued))
    }

    func confirmChange(_ viewer: Viewer) async throws(AuthorityError) -> Response {
        let (ceremony, credential) = try await assertionBody()
        let confirmed = try await ConfirmChange(authority).run(viewer, ceremony: ceremony, assertion: credential)
        var object = ConsoleJSON.change(confirmed.change)
        // Here a link leaves the server in clear, in the answer to the administrator who made it: for somebody new.
        confirmed.enrolmentLink?.withUnredacted { object["enrolment_link"] = .string($0) }
        return Response(json: object)
    }

    func readChanges(_ viewer: Viewer) async throws(AuthorityError) -> Response {
        let inventory = try await ReadInventory(authority).run(viewer)
        let changes = inventory.changes.map { proposal -> JSONValue in
            var object = ConsoleJSON.change(proposal)
            object["content"] = proposal.change.json
            return .object(object)
        }
        return Response(json: ["changes": .array(changes)] as JSONValue)
    }

    private func signedIn(_ session: OpenedSession) -> Response {
        let cookie = SessionCookie.setting(session.cookie, seconds: authority.settings.sessionSeconds)
        return Response(json: ["person": ConsoleJSON.person(session.viewer.person)], cookie: cookie)
    }

    private func assertionBody() async throws(AuthorityError) -> (ceremony: Text, credential: JSONValue) {
        try await body { reader throws(MemberError) in (try reader.text("ceremony"), try reader.required("credential"))
        }
    }

    func body<Value>(
        atMost greatest: Int = ConsoleBody.greatestBytes, _ read: (inout MemberReader) throws(MemberError) -> Value
    ) async throws(AuthorityError) -> Value {
        var reader = try await ConsoleBody.read(request, atMost: greatest)
        do {
            let value = try read(&reader)
            try reader.finish()
            return value
        } catch {
            throw AuthorityError(error)
        }
    }

    private static func decision(_ reader: inout MemberReader) throws(MemberError) -> Decision {
        guard let decision = Decision(rawValue: try reader.text("decision").string) else {
            throw MemberError(code: .invalidValue, path: "decision")
        }
        return decision
    }

    private static func texts(_ name: Text, _ reader: inout MemberReader) throws(MemberError) -> [Text] {
        var texts: [Text] = []
        for item in try reader.array(name) {
            guard let text = item.textValue else { throw MemberError(code: .wrongType, path: name) }
            texts.append(text)
        }
        return texts
    }
}
