import CanonicalEncoding
import Foundation

/// The real program as a process of its own.
final class ServerProcess: Sendable {
    struct DidNotStart: Error { var log: String }

    /// `host:port` of each plane.
    struct Addresses: Sendable {
        var agents = "127.0.0.1:0"
        var people = "localhost:0"
    }

    let agentsURL: Text
    let consoleURL: Text
    private let process: Process
    private let log: String

    /// Beside the test's own executable, where the build puts it, unless `COUNTERSIGN_PROGRAM` names another.
    static let program: String = {
        if let named = ProcessInfo.processInfo.environment["COUNTERSIGN_PROGRAM"] { return named }
        let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        return URL(filePath: own).deletingLastPathComponent().appending(path: "countersign").path
    }()

    /// Starts it, on free ports unless told which, and returns when it answers.
    init(
        data: String, policy: String? = nil, environment: [String: String] = [:], addresses: Addresses = Addresses()
    ) async throws {
        process = Process()
        log = "\(data).log"
        process.executableURL = URL(filePath: Self.program)
        process.arguments = [
            "serve", "--data", data, "--agents", addresses.agents, "--people", addresses.people, "--local",
            "127.0.0.1:0",
        ]
        if let policy { process.arguments?.append(contentsOf: ["--policy", policy]) }
        process.environment = environment.merging(["COUNTERSIGN_FIRST_PERSON": "ana"]) { own, _ in own }
        _ = FileManager.default.createFile(atPath: log, contents: nil)
        process.standardError = FileHandle(forWritingAtPath: log)
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        let path = log
        let line = try await Self.eventually { Self.line(in: path, with: "The authority answers.") }
        guard let line, let agents = Self.value("agents", in: line), let console = Self.value("console", in: line)
        else {
            process.terminate()
            throw DidNotStart(log: (try? String(contentsOfFile: log, encoding: .utf8)) ?? "")
        }
        agentsURL = Text(agents)
        consoleURL = Text(console)
    }

    var isRunning: Bool { process.isRunning }
    /// Of this one, so that another can take its place.
    var addresses: Addresses {
        Addresses(
            agents: String(agentsURL.string.dropFirst("http://".count)),
            people: String(consoleURL.string.dropFirst("http://".count)))
    }
    var wasKilled: Bool { process.terminationReason == .uncaughtSignal && process.terminationStatus == SIGKILL }
    var writtenLog: String { (try? String(contentsOfFile: log, encoding: .utf8)) ?? "" }

    /// SIGTERM, and waits until it is gone. True: it ended with 0.
    func stop() async throws -> Bool {
        process.terminate()
        _ = try await Self.eventually { self.process.isRunning ? nil : true }
        return process.terminationReason == .exit && process.terminationStatus == 0
    }

    /// Ends it at once if it still runs: nothing of a test that failed stays behind.
    func end() {
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    }

    /// Waits until it is gone, by whatever cause; false when it still runs after the time.
    func isGone(within seconds: Int = 30) async throws -> Bool {
        try await Self.eventually(within: seconds) { self.process.isRunning ? nil : true } ?? false
    }

    /// Asks again until there is an answer; nil when there is none in time.
    static func eventually<Value>(within seconds: Int = 30, _ ask: () async throws -> Value?) async throws -> Value? {
        let end = ContinuousClock.now.advanced(by: .seconds(seconds))
        while ContinuousClock.now < end {
            if let value = try await ask() { return value }
            try await Task.sleep(for: .milliseconds(20))
        }
        return nil
    }

    private static func line(in file: String, with text: String) -> String? {
        let content = (try? String(contentsOfFile: file, encoding: .utf8)) ?? ""
        return content.split(separator: "\n").map(String.init).first { $0.contains(text) }
    }

    private static func value(_ key: String, in line: String) -> String? {
        line.split(separator: " ").first { $0.hasPrefix("\(key)=") }.map { String($0.dropFirst(key.count + 1)) }
    }
}
