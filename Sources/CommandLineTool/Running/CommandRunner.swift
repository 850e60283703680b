import CanonicalEncoding
import Crypto
import Glibc
import Subprocess
import Synchronization
import SystemPackage
import WireProtocol

/// How a command ended.
struct RunOutcome: Sendable {
    enum Ending: Hashable, Sendable {
        case exited(Int32)
        case signalled(Int32)
        /// Nothing ran.
        case notStarted(String)
    }

    var ending: Ending
    /// The deadline came first, and the command was stopped.
    var isOverdue = false
    var output = OutputRecord()
    var errors = OutputRecord()
    var milliseconds: Int64 = 0
}

/// What was written to one stream: its digest, and its beginning, for values that are observed.
struct OutputRecord: Sendable {
    static let keptBytes = 1024

    private var hash = SHA256()
    private(set) var count: Int64 = 0
    private(set) var beginning: [UInt8] = []

    mutating func append(_ bytes: [UInt8]) {
        hash.update(data: bytes)
        count += Int64(bytes.count)
        beginning += bytes.prefix(max(0, Self.keptBytes - beginning.count))
    }

    var digest: CanonicalEncoding.Digest? { CanonicalEncoding.Digest(bytes: Array(hash.finalize())) }
}

/// Runs a prepared command exactly as it is held: no shell, its own process group, output passed through while it is hashed.
struct CommandRunner: Sendable {
    /// What the tasks of one run write down.
    private final class Observed: Sendable {
        struct State {
            var output = OutputRecord()
            var errors = OutputRecord()
            var isOverdue = false
            var group: pid_t?
        }

        let state = Mutex(State())
    }

    let command: PreparedCommand
    /// Between the request to end and the end.
    static let grace = Duration.seconds(3)

    /// Ends by `limit`: a little earlier the command is asked to end, then its whole process group is killed. Cancelling the
    /// task does the same at once.
    func run(atMost limit: Duration, passing output: @escaping @Sendable (Int32, [UInt8]) -> Void) async -> RunOutcome {
        let observed = Observed()
        let clock = ContinuousClock()
        let start = clock.now
        let ending = await withTaskGroup(of: RunOutcome.Ending?.self) { group in
            group.addTask { await self.ending(observed, output) }
            group.addTask {
                guard (try? await Task.sleep(for: max(limit - Self.grace, limit / 2))) != nil else { return nil }
                observed.state.withLock { $0.isOverdue = true }
                return nil
            }
            var ending = RunOutcome.Ending.notStarted("nothing ran")
            for await next in group {
                if let next { ending = next }
                group.cancelAll()
            }
            return ending
        }
        let final = observed.state.withLock { $0 }
        if final.isOverdue || Task.isCancelled, let group = final.group { kill(-group, SIGKILL) }
        var outcome = RunOutcome(ending: ending)
        outcome.isOverdue = final.isOverdue
        outcome.output = final.output
        outcome.errors = final.errors
        outcome.milliseconds = max(0, Int64((clock.now - start) / .milliseconds(1)))
        return outcome
    }

    private func ending(
        _ observed: Observed, _ output: @escaping @Sendable (Int32, [UInt8]) -> Void
    ) async -> RunOutcome.Ending {
        do {
            guard let stdin = command.stdin else { return try await ending(observed, input: .none, output) }
            return try await ending(observed, input: .array(stdin), output)
        } catch {
            return observed.state.withLock { $0.group } == nil ? .notStarted("\(error)") : .signalled(SIGKILL)
        }
    }

    private func ending(
        _ observed: Observed, input: some InputProtocol,
        _ output: @escaping @Sendable (Int32, [UInt8]) -> Void
    ) async throws -> RunOutcome.Ending {
        let result = try await Subprocess.run(configuration, input: input, output: .sequence, error: .sequence) {
            execution in
            observed.state.withLock { $0.group = execution.processIdentifier.value }
            async let errors: Void = Self.pump(execution.standardError) { bytes in
                observed.state.withLock { $0.errors.append(bytes) }
                output(STDERR_FILENO, bytes)
            }
            await Self.pump(execution.standardOutput) { bytes in
                observed.state.withLock { $0.output.append(bytes) }
                output(STDOUT_FILENO, bytes)
            }
            await errors
        }
        switch result.terminationStatus {
        case .exited(let code): return .exited(code)
        case .signaled(let signal): return .signalled(signal)
        }
    }

    private var configuration: Configuration {
        var options = PlatformOptions()
        options.processGroupID = 0
        options.teardownSequence = [
            .send(signal: .terminate, toProcessGroup: true, allowedDurationToNextStep: Self.grace)
        ]
        return Configuration(
            executable: .path(command.executable.executablePath),
            arguments: Arguments(
                executablePathOverride: command.argv.first.map { Array($0.utf8) + [0] },
                remainingValues: command.argv.dropFirst().map { Array($0.utf8) + [0] }),
            environment: .custom(command.environment.map { Array("\($0.name)=\($0.value)".utf8) + [0] }),
            workingDirectory: FilePath(command.invocation.directory.string), platformOptions: options)
    }

    private static func pump(_ sequence: SubprocessOutputSequence, _ take: (([UInt8]) -> Void)) async {
        do {
            for try await buffer in sequence { take(buffer.withUnsafeBytes { Array($0) }) }
        } catch {
            // A stream that breaks has ended: how the command ended is known from its status.
            return
        }
    }
}
