import CanonicalEncoding
import Foundation
import SQLiteStore

/// Thousands who wait for people: what each costs, how soon all are woken, and that nothing stays behind.
struct WaitingRows {
    let program: String
    let count = 9_000

    func run(into report: inout Report) async throws {
        try Connection.allow(count)
        try await measure("long poll", into: &report) { bench, _ in try WaitingAgents(bench) }
        try await measure("console", into: &report) { bench, server in try WaitingConsoles(bench, server) }
    }

    /// Each kind with a server of its own: memory that one has needed is not given back before the other begins.
    private func measure(
        _ kind: String, into report: inout Report, _ waiters: (BenchAuthority, ServerProcess) throws -> any Waiters
    ) async throws {
        let bench = try await BenchAuthority(
            in: BenchAuthority.freshDirectory(), issuer: Text("http://\(ServerProcess.agents.host)"))
        defer { try? FileManager.default.removeItem(atPath: bench.directory) }
        try await bench.store.close()
        let server = try ServerProcess(program: program, directory: bench.directory)
        defer { server.end() }
        var waiters = try waiters(bench, server)
        try wake(kind, server, &waiters, into: &report)
        try vanish(kind, server, &waiters, into: &report)
        let held = try hold(&waiters, server)
        report.add(
            "exit after SIGTERM, \(count) of the kind \(kind)", server.terminate(), "s", .reported("≤ 1 s"), beside: "–"
        )
        for connection in held { connection.close() }
    }

    private func wake(
        _ kind: String, _ server: ServerProcess, _ waiters: inout any Waiters, into report: inout Report
    ) throws {
        let before = try server.figures.residentKilobytes()
        let held = try hold(&waiters, server)
        let each = (try server.figures.residentKilobytes() - before) / Double(count)
        report.add("memory of a waiting \(kind), \(count) of them", each, "KB", .atMost(45), beside: "–")
        let watch = Stopwatch()
        try waiters.change()
        for connection in held {
            guard let answer = connection.receive(), waiters.isWoken(by: answer) else {
                throw BenchError("a \(kind) was woken with nothing")
            }
        }
        report.add(
            "all \(count) of the kind \(kind) woken by one change", watch.wallMicroseconds / 1e6, "s",
            .reported("≤ 0.8 s"), beside: "–")
        for connection in held { connection.close() }
        try server.untilWaiting(0)
    }

    private func vanish(
        _ kind: String, _ server: ServerProcess, _ waiters: inout any Waiters, into report: inout Report
    ) throws {
        for connection in try hold(&waiters, server) { connection.close() }
        sleep(3)
        report.add(
            "left behind after \(count) clients of the kind \(kind) vanished", Double(try server.waiting()), "",
            .atMost(0), beside: "0")
    }

    /// Opens the connections and returns when the server counts them all as waiting.
    private func hold(_ waiters: inout any Waiters, _ server: ServerProcess) throws -> [Connection] {
        try waiters.prepare()
        let held = try (0..<count).map { _ in try waiters.open() }
        try server.untilWaiting(count)
        for connection in held { try waiters.settle(connection) }
        return held
    }
}

/// One way of waiting.
protocol Waiters {
    /// Makes something to wait for.
    mutating func prepare() throws
    /// Begins to wait, on a connection of its own.
    func open() throws -> Connection
    /// Takes what comes at once.
    func settle(_ connection: Connection) throws
    /// Changes what all wait for.
    mutating func change() throws
    func isWoken(by answer: String) -> Bool
}

/// Agents that ask for their request with `wait`.
struct WaitingAgents: Waiters {
    private var agent: HTTPAgent
    private var id: Text = ""

    init(_ bench: BenchAuthority) throws { agent = try HTTPAgent(bench) }

    mutating func prepare() throws { id = try agent.pendingRequest() }

    func open() throws -> Connection {
        let connection = try Connection(port: ServerProcess.agents.port)
        let path: Text = "/v1/requests/\(id)"
        try connection.send(
            Connection.message(
                "GET", "\(path)?wait=60", host: ServerProcess.agents.host, fields: try agent.fields("GET", path)))
        return connection
    }

    func settle(_ connection: Connection) {}
    mutating func change() throws { try agent.cancel(id) }
    func isWoken(by answer: String) -> Bool { answer.hasPrefix("HTTP/1.1 200") }
}

/// Pages of the inbox that are open, by server-sent events.
struct WaitingConsoles: Waiters {
    private var agent: HTTPAgent
    private var id: Text = ""
    private let cookie: String

    init(_ bench: BenchAuthority, _ server: ServerProcess) throws {
        agent = try HTTPAgent(bench)
        cookie = try HTTPPerson.enrol(linkFile: "\(bench.directory)/data/enrolment-link")
    }

    mutating func prepare() throws { id = try agent.pendingRequest() }

    func open() throws -> Connection {
        let connection = try Connection(port: ServerProcess.console.port)
        try connection.send(
            Connection.message(
                "GET", "/events", host: ServerProcess.console.host,
                fields: ["Accept: text/event-stream", "Cookie: \(cookie)"]))
        return connection
    }

    /// The first tick, which every page gets.
    func settle(_ connection: Connection) throws {
        var seen = ""
        while !isWoken(by: seen) {
            guard let part = connection.receive() else { throw BenchError("no events: \(seen.prefix(300))") }
            seen += part
        }
    }

    mutating func change() throws { try agent.cancel(id) }
    func isWoken(by answer: String) -> Bool { answer.contains("event: changed") }
}
