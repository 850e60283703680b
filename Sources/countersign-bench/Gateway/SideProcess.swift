import Foundation

/// A program beside the one that is measured, in a process of its own, so that its time is counted with nobody else's.
final class SideProcess {
    private let child = Process()
    /// Our own programs end when this is closed, whatever becomes of us.
    private let lifeline = Pipe()

    init(_ program: String, _ arguments: [String], environment: [String: String] = [:]) throws {
        child.executableURL = URL(fileURLWithPath: program)
        child.arguments = arguments
        child.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        child.standardInput = lifeline
        child.standardOutput = FileHandle.nullDevice
        child.standardError = FileHandle.nullDevice
        try child.run()
    }

    /// A mode of this program that serves on the port, ready when it returns.
    convenience init(ownMode mode: String, port: Int, _ arguments: [String] = []) throws {
        try self.init("/proc/self/exe", [mode, "\(port)"] + arguments)
        let watch = Stopwatch()
        while (try? Connection(port: port).close()) == nil {
            guard isRunning, watch.wallMicroseconds < 20e6 else {
                end()
                throw BenchError("`\(mode)` did not start")
            }
            usleep(1_000)
        }
    }

    var isRunning: Bool { child.isRunning }
    var figures: ProcessFigures { ProcessFigures(id: child.processIdentifier) }

    /// Asks first, because some have children of their own.
    func end() {
        child.terminate()
        let watch = Stopwatch()
        while child.isRunning, watch.wallMicroseconds < 5e6 { usleep(2_000) }
        if child.isRunning { kill(child.processIdentifier, SIGKILL) }
        child.waitUntilExit()
    }

    /// In a side process: leaves with whoever started it.
    static func leaveWithParent() {
        Thread {
            var byte: UInt8 = 0
            while read(STDIN_FILENO, &byte, 1) > 0 {}
            exit(0)
        }.start()
    }
}
