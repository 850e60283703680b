package import AuthorityPorts
import CanonicalEncoding
package import DomainModel
package import ModelContextProtocol
import Subprocess
import Synchronization
import SystemPackage

/// A tool server as a child process that speaks MCP over its standard input and output. `run` keeps it alive, in a process group of
/// its own, with an environment of its own; a process that ends is started again, later each time.
package final class StdioUpstream: Upstream {
    /// One process while it is greeted.
    private struct Connection {
        let calls: PendingCalls
        let outgoing: AsyncStream<Outgoing>.Continuation
        let redacted: Redaction
        var greeting: UpstreamGreeting?
    }

    fileprivate struct Outgoing: Sendable {
        let id: Int64?
        let line: [UInt8]
    }

    private let server: UpstreamServer
    private let command: UpstreamServer.Command
    private let sources: SettingSources
    private let observe: @Sendable (UpstreamEvent) -> Void
    private let connection = Mutex<Connection?>(nil)

    /// What a message may hold, in bytes.
    static let messageLimit = 8 << 20
    private static let greetingSeconds = 30
    private static let grace: Duration = .seconds(3)

    /// Nil where the server is no command.
    package init?(
        _ server: UpstreamServer, sources: SettingSources,
        observe: @escaping @Sendable (UpstreamEvent) -> Void
    ) {
        guard case .command(let command) = server.transport, !command.argv.isEmpty else { return nil }
        self.server = server
        self.command = command
        self.sources = sources
        self.observe = observe
    }

    package var greeting: UpstreamGreeting? { connection.withLock { $0?.greeting } }

    package func ask(_ call: UpstreamCall) async throws(UpstreamError) -> RPCResponse.Outcome {
        guard let connection = connection.withLock({ $0 }), let greeting = connection.greeting else {
            throw .unavailable("\(server.name) is not connected")
        }
        let params = greeting.revision.isStateless ? Handshake.envelope(call.params) : call.params
        return try await Self.ask(connection, call, params)
    }

    /// Until its task is cancelled.
    package func run() async {
        var restart = RestartDelay()
        while !Task.isCancelled {
            let started = ContinuousClock.now
            let reason = await runOnce()
            connection.withLock { $0.take() }?.calls.close(reason)
            observe(.disconnected(reason))
            let delay = restart.next(after: ContinuousClock.now - started)
            guard (try? await Task.sleep(for: delay)) != nil else { return }
        }
    }

    /// Gives why the process ended.
    private func runOnce() async -> String {
        let settings: [ResolvedSetting]
        do { settings = try ResolvedSetting.all(of: server, from: sources) } catch {
            return error.description
        }
        let redacted = Redaction(settings)
        do {
            let result = try await Subprocess.run(
                configuration(settings), input: .inputWriter, output: .sequence, error: .sequence
            ) { execution in
                await self.converse(execution, redacted)
            }
            return "\(result.closureResult ?? "it ended"): \(result.terminationStatus)"
        } catch {
            return redacted("it could not be run: \(error)")
        }
    }

    private func converse(
        _ execution: Subprocess.Execution<CustomWriteInput, SequenceOutput, SequenceOutput>, _ redacted: Redaction
    ) async -> String? {
        let (lines, outgoing) = AsyncStream<Outgoing>.makeStream()
        let current = Connection(calls: PendingCalls(), outgoing: outgoing, redacted: redacted)
        connection.withLock { $0 = current }
        return await withTaskGroup(of: String?.self) { group in
            group.addTask { await self.write(lines, to: execution.standardInputWriter, current.calls) }
            group.addTask { await self.listen(execution.standardOutput, current) }
            group.addTask { await self.overhear(execution.standardError, redacted) }
            group.addTask { await self.greet(current) }
            var reason: String?
            for await ending in group {
                guard let ending else { continue }
                reason = reason ?? ending
                current.calls.close(ending)
                current.outgoing.finish()
                group.cancelAll()
            }
            return reason
        }
    }

    private func configuration(_ settings: [ResolvedSetting]) -> Configuration {
        var options = PlatformOptions()
        options.processGroupID = 0
        options.teardownSequence = [
            .send(signal: .terminate, toProcessGroup: true, allowedDurationToNextStep: Self.grace)
        ]
        return Configuration(
            executable: .path(FilePath(command.argv.first?.string ?? "")),
            arguments: Arguments(command.argv.dropFirst().map(\.string)),
            environment: .custom(settings.map { Array("\($0.name)=\($0.value)".utf8) + [0] }),
            workingDirectory: command.directory.map { FilePath($0.string) }, platformOptions: options)
    }
}

/// The four things that go on while a process runs. Each gives why the process is of no use any more, or nil when it is just done.
extension StdioUpstream {
    private func write(
        _ lines: AsyncStream<Outgoing>, to writer: StandardInputWriter, _ calls: PendingCalls
    ) async -> String? {
        for await line in lines {
            if let id = line.id, !calls.markSent(id) { continue }
            do { _ = try await writer.write(line.line + [UInt8(ascii: "\n")]) } catch {
                return "its standard input is closed"
            }
        }
        try? await writer.finish()
        return nil
    }

    private func listen(_ output: SubprocessOutputSequence, _ connection: Connection) async -> String? {
        var splitter = LineSplitter(limit: Self.messageLimit)
        do {
            for try await buffer in output {
                for line in try splitter.lines(in: buffer.withUnsafeBytes { Array($0) }) { take(line, connection) }
            }
        } catch is LineSplitter.Overflow {
            return "a message of it was larger than \(Self.messageLimit) bytes"
        } catch {
            return "its standard output broke"
        }
        return "its standard output ended"
    }

    private func overhear(_ errors: SubprocessOutputSequence, _ redacted: Redaction) async -> String? {
        var splitter = LineSplitter(limit: 8_192)
        do {
            for try await buffer in errors {
                let bytes = buffer.withUnsafeBytes { Array($0) }
                guard let lines = try? splitter.lines(in: bytes) else {
                    splitter = LineSplitter(limit: 8_192)
                    continue
                }
                for line in lines { observe(.said(redacted(String(decoding: line, as: UTF8.self)))) }
            }
        } catch { return nil }
        return nil
    }

    private func greet(_ connection: Connection) async -> String? {
        do {
            let greeting = try await Handshake.greeting { method, params throws(UpstreamError) in
                try await Self.ask(
                    connection, UpstreamCall(method: method, timeout: .seconds(Self.greetingSeconds)), params)
            }
            if !greeting.revision.isStateless {
                connection.outgoing.yield(
                    Outgoing(
                        id: nil, line: CanonicalJSON.encode(RPCNotification(method: "notifications/initialized").json)))
            }
            self.connection.withLock { $0?.greeting = greeting }
            observe(.connected(greeting))
            return nil
        } catch {
            return "it did not greet: \(error)"
        }
    }

    private func take(_ line: [UInt8], _ connection: Connection) {
        guard let json = try? JSONReader.read(connection.redacted(line), limits: .upstream),
            let message = try? RPCMessage(json: json)
        else {
            observe(.said("it wrote a line that is no message"))
            return
        }
        switch message {
        case .response(let response):
            if case .integer(let id)? = response.id { connection.calls.end(id, response.outcome, bytes: line.count) }
        case .request(let request):
            connection.outgoing.yield(Outgoing(id: nil, line: CanonicalJSON.encode(ServerRequest.answer(request).json)))
        case .notification(let notification):
            if let id = ServerRequest.progressID(notification) {
                connection.calls.progress(id, notification.params)
            } else {
                observe(.notified(notification))
            }
        }
    }

    private static func ask(
        _ connection: Connection, _ call: UpstreamCall, _ params: JSONObject
    ) async throws(UpstreamError) -> RPCResponse.Outcome {
        guard let id = connection.calls.open(call) else { throw .unavailable("it has ended") }
        let request = RPCRequest(
            id: .integer(id), method: call.method,
            params: call.onProgress == nil ? params : ServerRequest.asking(params, forProgressOf: id))
        connection.outgoing.yield(Outgoing(id: id, line: CanonicalJSON.encode(request.json)))
        let calls = connection.calls
        let answer = await withTaskGroup(of: PendingCalls.Answer?.self) { group in
            group.addTask {
                await withTaskCancellationHandler {
                    await calls.answer(to: id)
                } onCancel: {
                    calls.giveUp(id)
                }
            }
            group.addTask {
                if (try? await Task.sleep(for: call.timeout)) != nil { calls.giveUp(id) }
                return nil
            }
            defer { group.cancelAll() }
            for await case let answer? in group { return answer }
            return .failure(.timedOut)
        }
        if case .failure(.timedOut) = answer {
            connection.outgoing.yield(
                Outgoing(id: nil, line: CanonicalJSON.encode(ServerRequest.cancellation(of: id).json)))
        }
        return try answer.get()
    }
}

/// How long to wait before a process is started again: twice as long each time, up to half a minute, and from the beginning
/// once one has lasted.
struct RestartDelay {
    private var delay: Duration = .milliseconds(100)

    mutating func next(after lifetime: Duration) -> Duration {
        if lifetime > .seconds(30) { delay = .milliseconds(100) }
        defer { delay = min(delay * 2, .seconds(30)) }
        return delay
    }
}
