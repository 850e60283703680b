import ActionTokens
import AuthorityCore
import CanonicalEncoding
import DomainModel
import Foundation
import SQLiteStore

/// Thousands of agents that wait for people: what each costs, how soon all are woken, and that nothing stays behind.
struct WaitingRows {
    let program: String
    let count = 9_000

    func run(into report: inout Report) async throws {
        try raiseFileLimit()
        let bench = try await BenchAuthority(
            in: BenchAuthority.freshDirectory(), issuer: Text("http://127.0.0.1:\(ServerProcess.agentsPort)"))
        try await bench.store.close()
        let server = try ServerProcess(program: program, directory: bench.directory)
        var agent = try WaitingAgent(bench)
        try wake(server, &agent, into: &report)
        try vanish(server, &agent, into: &report)
        let id = try agent.pendingRequest()
        let waiters = try hold(id, agent, server)
        report.add(
            "exit after SIGTERM, \(count) waiting", server.terminate(), "s", .atMost(1), beside: "–")
        for waiter in waiters { waiter.close() }
        try FileManager.default.removeItem(atPath: bench.directory)
    }

    private func wake(_ server: ServerProcess, _ agent: inout WaitingAgent, into report: inout Report) throws {
        let id = try agent.pendingRequest()
        let before = try server.residentKilobytes()
        let waiters = try hold(id, agent, server)
        let each = (try server.residentKilobytes() - before) / Double(count)
        report.add("memory of a waiting long poll, \(count) of them", each, "KB", .atMost(45), beside: "–")
        let watch = Stopwatch()
        try agent.cancel(id)
        for waiter in waiters {
            guard let answer = waiter.receive(), answer.hasPrefix("HTTP/1.1 200") else {
                throw BenchError("a waiter was woken with nothing")
            }
        }
        report.add(
            "all \(count) woken by one change", watch.wallMicroseconds / 1e6, "s", .reported("≤ 0.8 s"), beside: "–")
        for waiter in waiters { waiter.close() }
        try server.untilWaiting(0)
    }

    private func vanish(_ server: ServerProcess, _ agent: inout WaitingAgent, into report: inout Report) throws {
        let waiters = try hold(try agent.pendingRequest(), agent, server)
        for waiter in waiters { waiter.close() }
        sleep(3)
        report.add(
            "left behind after \(count) clients vanished", Double(try server.waiting()), "", .atMost(0), beside: "0")
    }

    /// Opens the connections and returns when the server counts them all as waiting.
    private func hold(_ id: Text, _ agent: WaitingAgent, _ server: ServerProcess) throws -> [Connection] {
        let waiters = try (0..<count).map { _ in
            let connection = try Connection(port: ServerProcess.agentsPort)
            try connection.send(
                Connection.message(
                    "GET", "/v1/requests/\(id)?wait=60", fields: try agent.fields("GET", "/v1/requests/\(id)")))
            return connection
        }
        try server.untilWaiting(count)
        return waiters
    }

    private func raiseFileLimit() throws {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(7), &limit)
        limit.rlim_cur = min(limit.rlim_max, 20_000)
        guard setrlimit(__rlimit_resource_t(7), &limit) == 0, limit.rlim_cur >= 9_500 else {
            throw BenchError("\(count) connections need `ulimit -n 20000`")
        }
    }
}

/// The agent's side of HTTP, with its proofs.
struct WaitingAgent {
    private let bench: BenchAuthority
    private var token: Text?
    private var nonce: Text?

    init(_ bench: BenchAuthority) throws {
        self.bench = bench
        let greeting = try Connection.exchange(
            "GET", "/.well-known/oauth-authorization-server", port: ServerProcess.agentsPort)
        nonce = Self.field("dpop-nonce", of: greeting)
        let now = Stopwatch.timestamp()
        let assertion = try ClientAssertion.mint(
            clientID: bench.agent.text, issuer: bench.authority.settings.issuer, key: bench.key, at: now,
            unique: bench.random())
        let form =
            "grant_type=client_credentials&client_assertion_type="
            + "urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer&client_assertion=\(assertion)"
        let answer = try call("POST", "/oauth/token", type: "application/x-www-form-urlencoded", body: form)
        token = answer["access_token"]?.textValue
        guard token != nil else { throw BenchError("no access token: \(CanonicalJSON.text(answer))") }
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
            binding: DPoPProof.Binding(accessToken: token, nonce: nonce), key: bench.key, at: Stopwatch.timestamp(),
            unique: bench.random())
        return ["DPoP: \(proof)"] + (token.map { ["Authorization: DPoP \($0)"] } ?? [])
    }

    private mutating func call(_ method: Text, _ path: Text, type: String, body: String) throws -> JSONValue {
        let answer = try Connection.exchange(
            method.string, path.string, port: ServerProcess.agentsPort,
            fields: try fields(method, path) + ["Content-Type: \(type)"], body: body)
        nonce = Self.field("dpop-nonce", of: answer) ?? nonce
        let start = answer.firstRange(of: "\r\n\r\n")?.upperBound ?? answer.endIndex
        guard let json = try? JSONReader.read(String(answer[start...])) else {
            throw BenchError("no JSON: \(answer.prefix(200))")
        }
        return json
    }

    private static func field(_ name: String, of answer: String) -> Text? {
        let line = answer.split(separator: "\r\n").first { $0.lowercased().hasPrefix("\(name):") }
        return line.map { Text(String($0.dropFirst(name.count + 1)).trimmingCharacters(in: .whitespaces)) }
    }
}

extension BenchAuthority {
    func random() -> [UInt8] { (0..<16).map { _ in UInt8.random(in: 0...255) } }
}
