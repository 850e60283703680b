import AuthorityCore
package import CanonicalEncoding
import HTTPTypes
package import Hummingbird
import WireProtocol

/// The one place where an error becomes an answer of the agents' plane.
extension Response {
    /// `application/problem+json` (RFC 9457), or OAuth's form at OAuth's endpoints (RFC 6749, 5.2).
    init(refusing error: AuthorityError, at route: AgentRoute?, callID: String) {
        let isOAuth = route?.speaksOAuth ?? false
        // At the token endpoint the proof is part of the request (400); elsewhere it is the credential (401).
        let isTokenEndpoint = route == .issueAccessToken
        let asOAuth =
            isTokenEndpoint || error.code.status != 401
            ? error.code.oauth : (word: nil, status: error.code.status)
        let status = isOAuth ? asOAuth.status : error.code.status
        let body =
            isOAuth
            ? error.oauthJSON(word: asOAuth.word?.rawValue ?? error.code.rawValue)
            : error.problem(callID: callID).json
        self.init(json: body, status: status, type: isOAuth ? "application/json" : ProblemDocument.mediaType)
        if status == 401 { headers[.wwwAuthenticate] = error.challenge }
        if let seconds = error.retryAfterSeconds { headers[.retryAfter] = "\(seconds)" }
    }

    /// A JSON body in canonical form.
    package init(json: JSONValue, status: Int, type: String = "application/json") {
        self.init(
            status: HTTPResponse.Status(code: status), headers: [.contentType: type],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: CanonicalJSON.encode(json))))
    }
}

extension AuthorityError {
    fileprivate func problem(callID: String) -> ProblemDocument {
        ProblemDocument(
            code: code, detail: Text(detail), hint: hint.map { Text($0) }, position: position.map { Int64($0) },
            instance: Text(callID))
    }

    fileprivate func oauthJSON(word: String) -> JSONValue {
        ["error": "\(word)", "error_description": "\(Self.quotable(detail))", "code": "\(code.rawValue)"]
    }

    /// RFC 9449, 7.1, and RFC 6750, 3.1: without a credential there is no error word.
    fileprivate var challenge: String {
        let algorithms = "algs=\"ES256 Ed25519\""
        switch code {
        case .invalidToken, .invalidDPoPProof, .useDPoPNonce:
            return "DPoP error=\"\(code.rawValue)\", error_description=\"\(Self.quotable(detail))\", \(algorithms)"
        default: return "DPoP \(algorithms)"
        }
    }

    /// Descriptions hold %x20-21, %x23-5B and %x5D-7E alone (RFC 6749, 5.2); anything else becomes a question mark.
    private static func quotable(_ text: String) -> String {
        String(
            decoding: text.utf8.map { byte -> UInt8 in
                (0x20...0x7E).contains(byte) && byte != 0x22 && byte != 0x5C ? byte : UInt8(ascii: "?")
            }, as: UTF8.self)
    }
}
