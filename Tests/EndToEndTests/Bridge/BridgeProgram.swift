import CanonicalEncoding
import Foundation
import SecretMaterial
import Synchronization

/// `countersign mcp` as a client starts it: with pipes to its standard input and output.
final class BridgeProgram: Sendable {
    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()
    private let folder: String
    private let written = Mutex<[UInt8]>([])

    /// As `orders-agent` of the server at that address.
    init(_ server: String, key: SigningKey = SigningKey(generating: .es256), arguments: [String] = []) throws {
        folder = try TestFolder.make()
        try KeyFile.write(key, to: "\(folder)/agent.jwk")
        process.executableURL = URL(filePath: ServerProcess.program)
        process.arguments = ["mcp", "--server", server, "--agent", "orders-agent", "--key", "\(folder)/agent.jwk"]
        process.arguments?.append(contentsOf: arguments)
        process.environment = ["HOME": folder]
        process.standardInput = input
        process.standardOutput = output
        _ = FileManager.default.createFile(atPath: "\(folder)/said", contents: nil)
        process.standardError = FileHandle(forWritingAtPath: "\(folder)/said")
        output.fileHandleForReading.readabilityHandler = { [written] handle in
            let data = handle.availableData
            if data.isEmpty { handle.readabilityHandler = nil }
            written.withLock { $0 += data }
        }
        // A program that ended too early fails its test, and not the whole run.
        signal(SIGPIPE, SIG_IGN)
        try process.run()
    }

    var said: String { (try? String(contentsOfFile: "\(folder)/said", encoding: .utf8)) ?? "" }

    func send(_ message: JSONValue) throws { try send(line: CanonicalJSON.text(message)) }

    func send(line: String) throws { try input.fileHandleForWriting.write(contentsOf: Data("\(line)\n".utf8)) }

    /// The next line that it writes, which has to be JSON; nil: none came in time.
    func next() async throws -> JSONValue? {
        let line = try await ServerProcess.eventually { () -> [UInt8]? in
            self.written.withLock { written in
                guard let end = written.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
                defer { written.removeFirst(end + 1) }
                return Array(written[..<end])
            }
        }
        return try line.map { try JSONReader.read($0) }
    }

    /// What it wrote that nobody has taken yet.
    var unread: String { String(decoding: written.withLock { $0 }, as: UTF8.self) }

    /// As a client that is gone.
    func closeOutput() throws {
        output.fileHandleForReading.readabilityHandler = nil
        try output.fileHandleForReading.close()
    }

    func closeInput() throws { try input.fileHandleForWriting.close() }

    /// As a client does that has lost its patience.
    func terminate() { process.terminate() }

    /// Nil when it still runs after the time, or a signal ended it.
    func exitStatus() async throws -> Int32? {
        let hasEnded = try await ServerProcess.eventually { self.process.isRunning ? nil : true }
        guard hasEnded == true, process.terminationReason == .exit else {
            end()
            return nil
        }
        return process.terminationStatus
    }

    /// Nothing of a test that failed stays behind.
    func end() {
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        try? FileManager.default.removeItem(atPath: folder)
    }
}
