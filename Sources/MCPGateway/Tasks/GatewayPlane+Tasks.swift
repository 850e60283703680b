import AuthorityCore
import CanonicalEncoding
import DomainModel
import Hummingbird
import ModelContextProtocol
import WireProtocol

/// Calls that wait without anybody on the line: the tasks of 2025-11-25, and the extension of 2026-07-28.
extension GatewayPlane {
    func readTask(_ asked: Asked) async throws -> Reply {
        let task = try await task(try named(asked), asked)
        var result = try task.whole(asked.revision)
        guard asked.revision.isStateless else { return .whole(Answered(asked.id, .result(result))) }
        switch task.outcome {
        case .result(let answer): result["result"] = .object(complete(answer, asked))
        case .error(let code, let message, let data):
            result["error"] =
                RPCResponse(id: asked.id, outcome: .error(code: code, message: message, data: data))
                .json["error"]
        case nil: break
        }
        return .whole(Answered(asked.id, .result(complete(result, asked))))
    }

    /// The client means it. What has begun to run goes on, and an effect is not undone.
    func cancelTask(_ asked: Asked) async throws -> Reply {
        let task = try await task(try named(asked), asked)
        if !asked.revision.isStateless, task.isTerminal {
            throw RPCRefusal(.invalidParams, "The task has ended already.")
        }
        var after = task
        if let id = DomainModel.RequestID(task.id), !task.isTerminal {
            do throws(AuthorityError) {
                after = TaskView(try await useCases.cancel(id, by: asked.visit.caller))
            } catch {
                guard error.code.status < 429 else { throw error }
                // It has gone on meanwhile: cancelling is a wish (2026-07-28), and the state says what came of it.
                after = try await self.task(task.id, asked)
            }
        }
        let result = asked.revision.isStateless ? complete([:], asked) : after.json(asked.revision)
        return .whole(Answered(asked.id, .result(result)))
    }

    /// Nothing is ever asked of a client in a task, so that nothing that it says can be waited for.
    func updateTask(_ asked: Asked) async throws -> Reply {
        var params = try taskReader(asked)
        let id = try params.text("taskId")
        _ = try params.object("inputResponses")
        try params.finish()
        _ = try await task(id, asked)
        return .whole(Answered(asked.id, .result(complete([:], asked))))
    }

    func listTasks(_ asked: Asked) async throws -> Reply {
        var params = try asked.reader()
        let cursor = try params.optionalText("cursor")
        try params.finish()
        let all = try await useCases.tasks(of: asked.visit.caller).map { TaskView($0).json(asked.revision) }
        let page = try Page(of: all, at: cursor, size: settings.pageSize)
        var result: JSONObject = ["tasks": .array(page.entries.map { .object($0) })]
        if let next = page.next { result["nextCursor"] = .string(next) }
        return .whole(Answered(asked.id, .result(result)))
    }

    /// `tasks/result` answers when the task has ended, however long that takes (2025-11-25). A comment now and then keeps the stream open
    /// and finds out whether anybody is there.
    func awaitTask(_ asked: Asked) async throws -> Reply {
        let first = try await task(try named(asked), asked)
        guard !first.isTerminal, let id = DomainModel.RequestID(first.id) else {
            return .whole(Answered(asked.id, result(of: first, asked)))
        }
        guard asked.visit.accepts("text/event-stream") else {
            throw RPCRefusal(.invalidRequest, "`Accept` has to name text/event-stream.", status: 406)
        }
        return .stream(
            Response(
                status: .ok, headers: EventStream.headers,
                body: ResponseBody { [self] writer in
                    defer { asked.place?.leave() }
                    try await writer.write(EventStream.sign)
                    var revision: Int64 = -1
                    while true {
                        let outcome = await news(of: id, since: &revision, asked)
                        guard let outcome else {
                            try await writer.write(EventStream.sign)
                            continue
                        }
                        let response = RPCResponse(id: asked.id, outcome: outcome)
                        try await writer.write(EventStream.event(response.json))
                        break
                    }
                    try await writer.finish(nil)
                }))
    }

    /// Nil: it still runs or waits.
    private func news(of id: DomainModel.RequestID, since revision: inout Int64, _ asked: Asked) async -> RPCResponse
        .Outcome?
    {
        do {
            let caller = asked.visit.caller
            let known = revision
            let ended = Self.cancelled
            let task = try await asked.interruption.unlessInterrupted { [useCases] in
                try await known < 0
                    ? useCases.task(id, of: caller) : useCases.taskChange(id, of: caller, since: known, seconds: 15)
            }
            guard let task, !Task.isCancelled, !board.isDrained else { return ended }
            revision = task.revision
            let view = TaskView(task)
            return view.isTerminal ? result(of: view, asked) : nil
        } catch {
            return refusal(of: error, asked.visit, id: asked.id).outcome
        }
    }

    private static let cancelled = RPCResponse.Outcome.error(
        code: RPCRefusal.OwnCode.cancelled, message: "The request was cancelled.", data: nil)

    private func result(of task: TaskView, _ asked: Asked) -> RPCResponse.Outcome {
        switch task.outcome {
        case .result(var result):
            var meta = result["_meta"]?.objectValue ?? [:]
            meta["io.modelcontextprotocol/related-task"] = ["taskId": .string(task.id)]
            result["_meta"] = .object(meta)
            return .result(result)
        case .error(let code, let message, let data): return .error(code: code, message: message, data: data)
        case nil:
            guard case .gone(let text) = task.state else { return Self.cancelled }
            return .error(code: RPCError.Code.invalidParams.rawValue, message: text, data: nil)
        }
    }

    // MARK: Which task

    private func named(_ asked: Asked) throws -> Text {
        var params = try taskReader(asked)
        let id = try params.text("taskId")
        try params.finish()
        return id
    }

    private func taskReader(_ asked: Asked) throws -> MemberReader {
        if asked.revision.isStateless {
            guard asked.takesTasks else { throw Self.missingTasks }
        } else if asked.revision != .november2025 {
            throw unknownMethod
        }
        return try asked.reader()
    }

    static let missingTasks = RPCError(
        .missingClientCapability, "The client does not say that it takes tasks.",
        data: [
            "requiredCapabilities": [
                "extensions": .object(JSONObject(single: CallEnvelope.tasksExtension, [:]))
            ]
        ])

    /// "Not there" and "not yours" are one answer.
    private func task(_ id: Text, _ asked: Asked) async throws -> TaskView {
        guard let request = DomainModel.RequestID(id) else {
            throw RPCRefusal(.invalidParams, "There is no such task, or it is kept no more.")
        }
        return TaskView(try await useCases.task(request, of: asked.visit.caller))
    }
}

extension TaskView {
    /// Refuses one whose result is not kept any more.
    fileprivate func whole(_ revision: ProtocolRevision) throws(RPCRefusal) -> JSONObject {
        if case .gone(let text) = state { throw RPCRefusal(.invalidParams, text) }
        return json(revision)
    }
}

extension Interruption {
    /// What a body gives; nil when the caller takes its call back before.
    func unlessInterrupted<Value: Sendable>(
        _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value? {
        try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask { try await body() }
            group.addTask {
                _ = await self.isTakenBack()
                return nil
            }
            let value = try await group.next() ?? nil
            group.cancelAll()
            return value
        }
    }
}
