import AuthorityCore
import CanonicalEncoding
import Hummingbird
import ModelContextProtocol

/// Calls that go to a tool server if they may.
extension GatewayPlane {
    func call(_ asked: Asked) async throws -> Reply {
        let plan = try PlannedCall(asked)
        if asked.revision.isStateless, let tool = plan.toolName {
            try await parameters.check(asked.visit, tool: tool, arguments: plan.arguments, useCases)
        }
        var round = 0
        if let state = plan.requestState {
            round = try tickets.redeem(state, for: RetryTickets.Subject(asked), at: authority.now)
        }
        guard let token = asked.request.progressToken, asked.visit.accepts("text/event-stream") else {
            return .whole(await answered(asked, plan, round: round, patience: patience(asked, plan)))
        }
        return .stream(stream(asked, plan, round: round, token: token))
    }

    /// A client that can be told later is told at once: always where it asks for a task itself, and where people have to decide when it
    /// only says that it takes one.
    private func patience(_ asked: Asked, _ plan: PlannedCall) -> CallPatience {
        if plan.asksForTask { return CallPatience(hold: .zero, isTask: true) }
        if asked.takesTasks, plan.isToolCall { return CallPatience(hold: .milliseconds(1), isTask: true) }
        return CallPatience(hold: settings.hold)
    }

    /// With a token the client hears of the call while it waits, and the answer is the last event of the stream.
    private func stream(_ asked: Asked, _ plan: PlannedCall, round: Int, token: RPCID) -> Response {
        Response(
            status: .ok, headers: EventStream.headers,
            body: ResponseBody { [self] writer in
                defer { asked.place?.leave() }
                let progress = ProgressNotes(token: token)
                let (notes, source) = AsyncStream.makeStream(
                    of: JSONValue.self, bufferingPolicy: .bufferingNewest(64))
                var patience = patience(asked, plan)
                patience.onWaiting = { source.yield(progress.waiting($0)) }
                patience.onProgress = { params in
                    if let note = progress.passed(params) { source.yield(note) }
                }
                let told = ToldCall(asked: asked, plan: plan, round: round, patience: patience)
                try await write(told, notes, source, to: &writer)
                try await writer.finish(nil)
            })
    }

    @concurrent private func write(
        _ call: ToldCall, _ notes: AsyncStream<JSONValue>, _ source: AsyncStream<JSONValue>.Continuation,
        to writer: inout any ResponseBodyWriter
    ) async throws {
        async let answer = answered(call, ending: source)
        for await note in notes { try await writer.write(EventStream.event(note)) }
        try await writer.write(EventStream.event(await answer.response.json))
    }

    /// A call whose client hears of it before it is answered.
    private struct ToldCall: Sendable {
        let asked: Asked
        let plan: PlannedCall
        let round: Int
        let patience: CallPatience
    }

    private func answered(_ call: ToldCall, ending notes: AsyncStream<JSONValue>.Continuation) async -> Answered {
        defer { notes.finish() }
        return await answered(call.asked, call.plan, round: call.round, patience: call.patience)
    }

    private func answered(_ asked: Asked, _ plan: PlannedCall, round: Int, patience: CallPatience) async -> Answered {
        let call = GatedCall(
            useCases: useCases, caller: asked.visit.caller,
            call: GatewayCall(scope: asked.visit.scope, operation: plan.operation), patience: patience, line: line,
            request: asked.visit.request, hangingUpCancels: asked.revision.isStateless, board: board)
        var answered: Answered
        do {
            switch try await call.run(asked.interruption) {
            case .answer(let answer):
                answered = Answered(asked.id, outcome(of: answer, asked, plan, round: round))
                if asked.revision.isStateless, case .error(let code, _, _) = answered.response.outcome {
                    answered.status = RPCError.Code(rawValue: code).map { RPCError($0, "").httpStatus } ?? 200
                }
            case .cancelled, .hungUp:
                answered = Answered(
                    asked.id,
                    .error(code: RPCRefusal.OwnCode.cancelled, message: "The request was cancelled.", data: nil))
            }
        } catch {
            let code = plan.notFoundCode(in: asked.revision)
            var refusal = refusal(of: error, asked.visit, id: asked.id, notFound: code)
            if !asked.revision.isStateless, refusal.status == 400 { refusal.status = 200 }
            answered = Answered(refusal)
        }
        answered.endsConnection = asked.interruption.request != nil
        return answered
    }

    private func outcome(
        of answer: CallAnswer, _ asked: Asked, _ plan: PlannedCall, round: Int
    ) -> RPCResponse.Outcome {
        if case .waiting(let waiting) = answer {
            if plan.asksForTask { return .result(["task": .object(TaskView(waiting).json(asked.revision))]) }
            if asked.takesTasks, plan.isToolCall {
                var result = TaskView(waiting).json(asked.revision)
                result["resultType"] = "task"
                return .result(complete(result, asked))
            }
            if let ticket = ticket(asked, plan, round: round) {
                return .result(complete(["resultType": "input_required", "requestState": .string(ticket)], asked))
            }
        }
        // Where the client wants a task and there will be none, a result would be taken for one.
        let outcome = answer.outcome(isToolCall: plan.isToolCall && !plan.asksForTask)
        guard case .result(let result) = outcome else { return outcome }
        var isResource = false
        if case .readResource = plan.operation { isResource = true }
        return .result(complete(result, asked, isCacheable: isResource))
    }

    /// What the client comes back with at once; nil: it is told to come back later. The official SDK comes back within a quarter of a second
    /// and gives up after ten times, with nothing that it could tell its model: so we stop before it does.
    private func ticket(_ asked: Asked, _ plan: PlannedCall, round: Int) -> Text? {
        guard asked.revision.isStateless, settings.hold > .zero, round < settings.retryRounds, !board.isDrained else {
            return nil
        }
        if case .complete = plan.operation { return nil }
        return tickets.issue(
            settings.randomName(), for: RetryTickets.Subject(asked), round: round + 1, at: authority.now)
    }
}
