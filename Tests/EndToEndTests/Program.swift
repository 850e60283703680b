import Foundation

/// A verb of the real program, running beside the test.
final class Program: Sendable {
    private let process: Process
    private let output: String
    private let report: String

    /// - Parameter folder: where what it writes is kept.
    init(_ arguments: [String], in folder: String, environment: [String: String] = [:]) throws {
        let name = "\(folder)/\(arguments.first ?? "program")-\(UUID().uuidString.prefix(8))"
        output = "\(name).out"
        report = "\(name).err"
        process = Process()
        process.executableURL = URL(filePath: ServerProcess.program)
        process.arguments = arguments
        // Nothing of whoever runs the tests passes.
        process.environment = environment.merging(["PATH": "/usr/bin:/bin", "HOME": folder]) { own, _ in own }
        process.currentDirectoryURL = URL(filePath: folder)
        for path in [output, report] { _ = FileManager.default.createFile(atPath: path, contents: nil) }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle(forWritingAtPath: output)
        process.standardError = FileHandle(forWritingAtPath: report)
        try process.run()
    }

    var isRunning: Bool { process.isRunning }
    var written: String { (try? String(contentsOfFile: output, encoding: .utf8)) ?? "" }
    var said: String { (try? String(contentsOfFile: report, encoding: .utf8)) ?? "" }

    /// As Control-C does.
    func interrupt() { process.interrupt() }

    /// Its exit status; nil when it still runs after the time, or a signal ended it.
    func exitStatus() async throws -> Int32? {
        let hasEnded = try await ServerProcess.eventually(within: 60) { self.process.isRunning ? nil : true }
        guard hasEnded == true, process.terminationReason == .exit else {
            if process.isRunning { process.terminate() }
            return nil
        }
        return process.terminationStatus
    }
}
