import ActionTokens
import AuthorityCore
import CanonicalEncoding
import DomainModel
import Foundation
import SecretMaterial

/// The agent's side of HTTP, with its proofs.
struct HTTPAgent {
    private let bench: BenchAuthority
    private let key: SigningKey
    private var token: Text?
    private var nonce: Text?

    /// Nil is the first one.
    init(_ bench: BenchAuthority, as further: BenchAuthority.FurtherAgent? = nil) throws {
        self.bench = bench
        key = further?.key ?? bench.key
        try renew()
        let now = Stopwatch.timestamp()
        let assertion = try ClientAssertion.mint(
            clientID: (further?.id ?? bench.agent).text, issuer: bench.authority.settings.issuer, key: key, at: now,
            unique: bench.random())
        let form =
            "grant_type=client_credentials&client_assertion_type="
            + "urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer&client_assertion=\(assertion)"
        let answer = try call("POST", "/oauth/token", type: "application/x-www-form-urlencoded", body: form)
        token = answer["access_token"]?.textValue
        guard token != nil else { throw BenchError("no access token: \(CanonicalJSON.text(answer))") }
    }

    /// Asks for the server's nonce of this half minute: proofs that are written ahead hold for at least as long again.
    mutating func renew() throws {
        let greeting = try Connection.exchange(
            "GET", "/.well-known/oauth-authorization-server", at: ServerProcess.agents)
        nonce = Self.nonce(of: greeting)
    }

    /// A request that waits for people.
    mutating func pendingRequest() throws -> Text {
        let body = CanonicalJSON.text(["action": Workload.action(bytes: 150, operation: "delete")])
        let answer = try call("POST", "/v1/requests", type: "application/json", body: body)
        guard let id = answer["id"]?.textValue, answer["status"] == "pending" else {
            throw BenchError("the request does not wait: \(CanonicalJSON.text(answer))")
        }
        return id
    }

    mutating func cancel(_ id: Text) throws {
        _ = try call("POST", "/v1/requests/\(id)/cancel", type: "application/json", body: "")
    }

    /// Token and a fresh proof.
    func fields(_ method: Text, _ path: Text) throws -> [String] {
        let proof = try DPoPProof.mint(
            for: ProofTarget(method: method, url: "\(bench.authority.settings.issuer)\(path)"),
            binding: DPoPProof.Binding(accessToken: token, nonce: nonce), key: key, at: Stopwatch.timestamp(),
            unique: bench.random())
        return ["DPoP: \(proof)"] + (token.map { ["Authorization: DPoP \($0)"] } ?? [])
    }

    private mutating func call(_ method: Text, _ path: Text, type: String, body: String) throws -> JSONValue {
        let answer = try Connection.exchange(
            method.string, path.string, at: ServerProcess.agents,
            fields: try fields(method, path) + ["Content-Type: \(type)"], body: body)
        nonce = Self.nonce(of: answer) ?? nonce
        return try Connection.json(of: answer)
    }

    private static func nonce(of answer: String) -> Text? {
        Connection.field("dpop-nonce", of: answer).map { Text($0) }
    }
}

extension BenchAuthority {
    func random() -> [UInt8] { (0..<16).map { _ in UInt8.random(in: 0...255) } }
}
