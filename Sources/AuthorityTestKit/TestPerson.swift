package import AuthorityCore
package import CanonicalEncoding
package import DemoScenario
package import DomainModel
package import SecretMaterial
import Synchronization

/// A person with a software passkey who acts through the use cases of the people's plane.
package final class TestPerson: Sendable {
    package let id: PersonID
    package let cookie: Text
    private let authority: Authority
    private let authenticator: Mutex<SoftwareAuthenticator>

    /// Enrols with a link, as the page does.
    package init(
        _ id: PersonID, link: Secret<Text>, authority: Authority,
        bend: (inout SoftwareAuthenticator.Behaviour) -> Void = { _ in }
    ) async throws {
        let token = Self.token(of: link)
        var passkey = SoftwareAuthenticator()
        bend(&passkey.behaviour)
        let begun = try await BeginEnrolment(authority).run(linkToken: token)
        let registration = try passkey.create(
            options: begun.ceremony.options, origin: authority.settings.consoleOrigin)
        let session = try await FinishEnrolment(authority).run(
            linkToken: token, ceremony: begun.ceremony.id.text, registration: registration)
        self.id = id
        self.authority = authority
        cookie = session.cookie.withUnredacted { $0 }
        authenticator = Mutex(passkey)
    }

    /// The same person with the same passkey before another authority.
    package init(_ other: TestPerson, at authority: Authority) {
        id = other.id
        cookie = other.cookie
        self.authority = authority
        authenticator = Mutex(other.authenticator.withLock { $0 })
    }

    /// The credential ids of the passkeys, oldest first.
    package var credentialIDs: [[UInt8]] { authenticator.withLock { $0.credentials.map(\.id) } }

    package func viewer() async throws -> Viewer {
        guard let viewer = try await ReadSession(authority).run(cookie: cookie) else { throw SignedOut() }
        return viewer
    }

    package struct SignedOut: Error {}

    /// Decides about a request with every criterion ticked, as it stands.
    @discardableResult
    package func decide(_ decision: Decision, on request: RequestID) async throws -> ApprovalRequest {
        let ceremony = try await begin(decision, on: request)
        return try await CastVote(authority).run(
            try await viewer(), ceremony: ceremony.id.text, assertion: try answer(ceremony.options))
    }

    /// The secret behind the `#` of a link.
    package static func token(of link: Secret<Text>) -> Text {
        link.withUnredacted { Text(String($0.string.split(separator: "#").last ?? "")) }
    }

    package func begin(_ decision: Decision, on request: RequestID) async throws -> IssuedCeremony {
        let page = try await ReadRequestPage(authority).run(try await viewer(), id: request.text)
        let assessment = page.request.assessment
        return try await BeginVote(authority).run(
            try await viewer(), id: request.text, decision: decision,
            criteria: assessment.requirement?.criteria ?? [],
            renderingDigest: Text(assessment.renderingDigest.wire))
    }

    /// The passkey's answer, after `bend` has changed its ways.
    package func answer(
        _ options: JSONValue, bend: (inout SoftwareAuthenticator.Behaviour) -> Void = { _ in }
    ) throws -> JSONValue {
        try authenticator.withLock { passkey in
            let usual = passkey.behaviour
            defer { passkey.behaviour = usual }
            bend(&passkey.behaviour)
            return try passkey.get(options: options, origin: authority.settings.consoleOrigin)
        }
    }

    /// Confirms or rejects a change with a fresh assertion.
    @discardableResult
    package func confirm(_ change: ChangeProposal, _ decision: Decision = .approve) async throws -> ConfirmChange.Answer
    {
        let ceremony = try await BeginConfirmation(authority).run(
            try await viewer(), change: change.id.text, decision: decision)
        return try await ConfirmChange(authority).run(
            try await viewer(), ceremony: ceremony.id.text, assertion: try answer(ceremony.options))
    }

    /// Proposes a change and confirms it.
    @discardableResult
    package func change(_ change: Change) async throws -> ConfirmChange.Answer {
        try await confirm(try await ProposeChange(authority).run(by: .viewer(try await viewer()), change: change))
    }
}
