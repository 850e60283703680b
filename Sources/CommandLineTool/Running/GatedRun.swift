import APIClient
import CanonicalEncoding
import DomainModel
import WireProtocol

/// One gated execution: ask, wait, prove that nothing changed, claim, run, report.
struct GatedRun: Sendable {
    let client: AgentClient
    let command: PreparedCommand
    let body: OpenRequestBody
    let progress: ProgressLine
    /// Names the observation that the command's standard output is.
    var observed: Text?

    /// The exit status to pass on.
    func run(waitSeconds: Int64) async throws(CommandFailure) -> Int32 {
        let key = Text(Base64URL.encode(client.randomBytes(16)))
        let opened = try await asked { () async throws(ClientError) in
            try await client.open(body, idempotencyKey: key)
        }
        guard opened.action.arguments == command.invocation.object else {
            throw CommandFailure(
                "The server changed the arguments of the request; nothing was run.",
                hint: "Check that --server names the authority and nothing that rewrites what passes.")
        }
        let approved = try await decided(opened, waitSeconds: waitSeconds)
        try checkUnchanged(approved)
        return try await execute(approved)
    }

    /// Waits for the decision. When this program's own patience ends, the request is cancelled: nobody would run it.
    private func decided(_ opened: RequestView, waitSeconds: Int64) async throws(CommandFailure) -> RequestView {
        let end = SystemClock.now().adding(seconds: waitSeconds)
        var view = opened
        defer { progress.finish() }
        while view.status == .pending || view.status == nil {
            progress.show(RequestProgress.line(view))
            let left = end.seconds - SystemClock.now().seconds
            guard left > 0, !Task.isCancelled else {
                _ = try? await client.cancel(view.id)
                throw Task.isCancelled
                    ? CommandFailure(
                        "Interrupted; nothing was run.", hint: "The request was cancelled. Run it again to ask anew.")
                    : CommandFailure(
                        "Nobody decided within \(waitSeconds) seconds; nothing was run.",
                        hint: "Give a longer --wait.", status: .expired)
            }
            let known = view
            view = try await asked { () async throws(ClientError) in
                try await client.read(known.id, waitSeconds: min(30, left), known: known)
            }
        }
        guard view.status == .approved || view.status == .granted else { throw RequestProgress.failure(view) }
        progress.show(RequestProgress.line(view))
        return view
    }

    /// Before the claim, so that nothing is consumed for what is not run.
    private func checkUnchanged(_ view: RequestView) throws(CommandFailure) {
        let differences = command.differences()
        guard differences.isEmpty else {
            throw CommandFailure(
                "What was approved is not what would run now: \(differences.joined(separator: ", ")) changed.",
                hint: "Nothing was run. Ask again with --supersedes \(view.id).")
        }
    }

    private func execute(_ approved: RequestView) async throws(CommandFailure) -> Int32 {
        let token = try await asked { () async throws(ClientError) in
            try await client.token(approved.id, audience: client.identity.agent)
        }
        try checkUnchanged(approved)
        var action = approved.action
        action.arguments = command.invocation.object
        let claim = ClaimBody(token: token.accessToken, action: action)
        let key = Text(Base64URL.encode(client.randomBytes(16)))
        let clock = ContinuousClock()
        let claimedAt = clock.now
        let claimed = try await asked { () async throws(ClientError) in
            try await client.claim(claim, idempotencyKey: key)
        }
        progress.show("executing · \(claimed.execution) · until \(claimed.deadline.rfc3339)")
        progress.finish()
        let limit = Duration.seconds(action.deadlineSeconds) - (clock.now - claimedAt)
        guard limit > .zero else { throw Self.tooLate(claimed.execution) }
        let outcome = await CommandRunner(command: command).run(atMost: limit) { stream, bytes in
            Terminal.write(bytes, to: stream)
        }
        let left = Duration.seconds(action.deadlineSeconds) - (clock.now - claimedAt)
        await report(outcome, of: claimed.execution, patience: max(left, .seconds(2)))
        return try status(outcome)
    }

    /// The claim was made and its answer came late, as after a restart: the authority holds the execution for unknown by now.
    private static func tooLate(_ execution: ExecutionID) -> CommandFailure {
        CommandFailure(
            "The claim was answered after its deadline; nothing was run.",
            hint:
                "The execution \(execution) becomes unknown, and people will look at it. Ask with a longer --deadline.",
            status: .expired)
    }

    /// In a task of its own: what ran is reported even when this program is being ended.
    private func report(_ outcome: RunOutcome, of execution: ExecutionID, patience: Duration) async {
        let body = CompletionReport(outcome: outcome, observed: observed).body
        let client = client
        let delivery = Task { () async -> ClientError? in
            do throws(ClientError) {
                let answer = try await client.complete(execution, body, patience: patience)
                if answer["status"] == "violated" {
                    Terminal.note(
                        "countersign: what was observed differs from what was approved; people will look at it.")
                }
                return nil
            } catch { return error }
        }
        guard let error = await delivery.value else { return }
        Terminal.report(
            CommandFailure(
                "The command ran, but its completion could not be reported: \(CommandFailure(error).message)",
                hint: "The execution \(execution) becomes unknown at its deadline, and people will look at it."))
    }

    private func status(_ outcome: RunOutcome) throws(CommandFailure) -> Int32 {
        switch outcome.ending {
        case .notStarted(let reason):
            throw CommandFailure(
                "The command could not be started: \(reason)",
                hint: "Nothing ran, and the claim is used up. Check program, interpreter and directory, and ask again.")
        case _ where outcome.isOverdue:
            throw CommandFailure(
                "The command was stopped at its deadline.", hint: "Ask for a longer --deadline.", status: .expired)
        case .exited(let code): return code
        case .signalled(let signal): return 128 + signal
        }
    }

    /// A call before anything runs.
    private func asked<Value: Sendable>(
        _ call: () async throws(ClientError) -> Value
    ) async throws(CommandFailure) -> Value {
        do { return try await call() } catch {
            progress.finish()
            var failure = CommandFailure(error)
            failure.hint = "Nothing was run. \(failure.hint)"
            throw failure
        }
    }
}

/// What is said of an execution afterwards.
struct CompletionReport {
    let outcome: RunOutcome
    let observed: Text?

    /// Success is exit status zero within the deadline.
    var body: CompletionBody {
        var object: JSONObject = ["duration_ms": .integer(outcome.milliseconds)]
        if let digest = outcome.output.digest { object["digest"] = "\(digest.wire)" }
        object["output_bytes"] = .integer(outcome.output.count)
        if let digest = outcome.errors.digest { object["error_digest"] = "\(digest.wire)" }
        object["error_bytes"] = .integer(outcome.errors.count)
        if let observed, let value = outputValue { object[observed] = .string(value) }
        switch outcome.ending {
        case .notStarted: return CompletionBody(outcome: .noEffect, observed: ["started": false])
        case .exited(let code):
            object["exit_status"] = .integer(Int64(code))
            return CompletionBody(outcome: code == 0 && !outcome.isOverdue ? .succeeded : .failed, observed: object)
        case .signalled(let signal):
            object["signal"] = .integer(Int64(signal))
            return CompletionBody(outcome: .failed, observed: object)
        }
    }

    /// All of standard output without the white space at its ends, where it is short and UTF-8.
    private var outputValue: Text? {
        guard outcome.output.count <= Int64(OutputRecord.keptBytes) else { return nil }
        let isBlank: (UInt8) -> Bool = { $0 == 0x20 || (0x09...0x0D).contains($0) }
        let trimmed = outcome.output.beginning.drop(while: isBlank)
        let end = trimmed.lastIndex { !isBlank($0) }
        return end.flatMap { Text(utf8: trimmed[...$0]) }
    }
}
