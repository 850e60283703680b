import AuthorityTestKit
import CanonicalEncoding
import Foundation
import SecretMaterial

/// A client of the protocol as other people write them (`Clients/driver.py`), driven line by line.
final class DrivenClient: Sendable {
    enum Kind: String, CaseIterable, Sendable {
        /// The official SDK, as it comes: the newest revision that both sides speak.
        case official
        /// The official SDK with the revisions that have sessions.
        case legacy
        case fastmcp
    }

    enum Way: String, CaseIterable, Sendable {
        /// Through `countersign mcp`, unchanged.
        case bridge
        /// Over HTTP, with the few lines of `examples/gateway/countersign_auth.py`.
        case http
    }

    private let process = Process()
    private let input = Pipe()
    private let output = PipeLines()
    private let errors: String

    /// Connects as `orders-agent`; the first event tells that it has.
    init(_ kind: Kind, _ way: Way, to server: ServerProcess, of installation: Installation, scope: String? = nil) throws
    {
        let name = "\(installation.folder)/client-\(UUID().uuidString.prefix(8))"
        let key = "\(name).jwk"
        try KeyFile.write(installation.key, to: key)
        errors = "\(name).err"
        _ = FileManager.default.createFile(atPath: errors, contents: nil)
        process.executableURL = URL(filePath: GatewayPython.interpreter)
        process.arguments = [
            GatewayPython.clients + "/driver.py", kind.rawValue, way.rawValue, ServerProcess.program,
            server.agentsURL.string, "orders-agent", key,
        ]
        if let scope { process.arguments?.append(scope) }
        process.environment = ["PATH": "/usr/bin:/bin", "HOME": installation.folder]
        process.standardInput = input
        process.standardOutput = output.pipe
        process.standardError = FileHandle(forWritingAtPath: errors)
        // A client that ended too early fails its test, and not the whole run.
        signal(SIGPIPE, SIG_IGN)
        try process.run()
    }

    var isRunning: Bool { process.isRunning }

    /// What it and its bridge wrote to standard error.
    var said: String { (try? String(contentsOfFile: errors, encoding: .utf8)) ?? "" }

    func call(_ name: Text, _ arguments: JSONValue = [:], id: Int64, progress: Bool = false) throws {
        try send([
            "do": "call", "id": .integer(id), "name": .string(name), "arguments": arguments,
            "progress": .bool(progress),
        ])
    }

    func cancel(_ id: Int64) throws { try send(["do": "cancel", "id": .integer(id)]) }

    func send(_ command: JSONValue) throws {
        try input.fileHandleForWriting.write(contentsOf: Data((CanonicalJSON.text(command) + "\n").utf8))
    }

    /// The next thing that it tells; what does not fit is passed over. Nil: nothing came in time.
    func next(_ event: Text, within seconds: Int = 30) async throws -> JSONValue? {
        try await ServerProcess.eventually(within: seconds) { () -> JSONValue? in
            while let line = self.output.next() {
                let told = try JSONReader.read(line, limits: .stored)
                if told["event"] == .string(event) { return told }
            }
            return nil
        }
    }

    /// What came of one call, whatever else is told meanwhile.
    func answer(to id: Int64, within seconds: Int = 60) async throws -> JSONValue? {
        try await ServerProcess.eventually(within: seconds) { () -> JSONValue? in
            while let line = self.output.next() {
                let told = try JSONReader.read(line, limits: .stored)
                if told["id"] == .integer(id), told["event"] != "progress" { return told }
            }
            return nil
        }
    }

    /// Calls a tool and waits for what comes of it.
    func result(_ name: Text, _ arguments: JSONValue = [:], id: Int64 = 1) async throws -> JSONValue? {
        try call(name, arguments, id: id)
        return try await answer(to: id)
    }

    /// Closes its input: it takes leave of its server and ends.
    func close() async throws -> Bool {
        try input.fileHandleForWriting.close()
        let isGone = try await ServerProcess.eventually { self.process.isRunning ? nil : true }
        return isGone == true && process.terminationReason == .exit && process.terminationStatus == 0
    }

    /// As a client whose host was switched off.
    func end() {
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    }
}

/// The Python that `scripts/test` makes, with the SDK and fastmcp in it.
enum GatewayPython {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    static let interpreter = root.appending(path: ".build/python/bin/python").path
    static let clients = root.appending(path: "Tests/EndToEndTests/Gateway/Clients").path
    static let ordersServer = root.appending(path: "examples/orders-server/orders_server.py").path
}
