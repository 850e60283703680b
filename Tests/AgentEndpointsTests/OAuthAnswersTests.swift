import AuthorityCore
import CanonicalEncoding
import HTTPTypes
import Testing
import WireProtocol

@Suite struct OAuthAnswersTests {
    static func token(_ body: String) async throws -> PlaneCall.Answer {
        var call = PlaneCall(.issueAccessToken)
        call.body = Array(body.utf8)
        return try await call.answer()
    }

    @Test func `a form is read as it is escaped`() async throws {
        let answer = try await Self.token("a=b%20c+d&%C3%A9=%26&empty=")
        #expect(answer.status == 200)
        #expect(answer.body == ["a": "b c d", "é": "&", "empty": ""])
    }

    @Test(arguments: ["a=1&a=2", "a=%", "a=%2", "a=%zz", "a=%ff", "%61=1&a=2"])
    func `a form that is not well-formed or says a name twice is refused in OAuth's words`(body: String) async throws {
        let answer = try await Self.token(body)
        #expect(answer.status == 400)
        #expect(answer.body["error"] == "invalid_request")
    }

    @Test(arguments: [
        [ProblemCode.useDPoPNonce.rawValue, "400", "use_dpop_nonce"],
        [ProblemCode.invalidDPoPProof.rawValue, "400", "invalid_dpop_proof"],
        [ProblemCode.invalidClient.rawValue, "401", "invalid_client"],
        [ProblemCode.unsupportedGrantType.rawValue, "400", "unsupported_grant_type"],
        [ProblemCode.storeUnavailable.rawValue, "503", "temporarily_unavailable"],
    ])
    func `the token endpoint refuses in OAuth's form`(row: [String]) async throws {
        var call = PlaneCall(.issueAccessToken)
        call.authority.refusal = AuthorityError(
            try #require(ProblemCode(rawValue: row[0])), "Says \"why\" – plainly.", context: "private",
            retryAfterSeconds: 2)
        let answer = try await call.answer()
        #expect("\(answer.status)" == row[1])
        #expect(answer.body["error"]?.stringValue == row[2])
        #expect(answer.body["error_description"] == "Says ?why? ??? plainly.")
        #expect(answer.headers[.retryAfter] == "2")
        #expect(!CanonicalJSON.text(answer.body).contains("private"))
    }

    @Test func `elsewhere a missing nonce is 401 with a challenge`() async throws {
        var call = PlaneCall(.openRequest)
        call.authority.refusal = AuthorityError(.useDPoPNonce, "Take the nonce.")
        let answer = try await call.answer()
        #expect(answer.status == 401)
        #expect(answer.headers[.wwwAuthenticate]?.hasPrefix("DPoP error=\"use_dpop_nonce\"") == true)
        #expect(answer.body["code"] == "use_dpop_nonce")
    }
}
