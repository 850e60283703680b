import AuthorityCore
import CanonicalEncoding
import Hummingbird

/// How a call came to its end on this side.
enum CallEnding: Sendable {
    case answer(CallAnswer)
    case cancelled
    /// Nobody is there to hear an answer.
    case hungUp
}

/// One call on its way through the gateway, beside a caller who may take it back or vanish. It is told that the caller hung up only
/// once people have to decide: until then nothing waits, and the connection stays good for other calls.
struct GatedCall: Sendable {
    let useCases: any GatewayUseCases
    let caller: AuthenticatedAgent
    let call: GatewayCall
    let patience: CallPatience
    /// The connection, as the plane knows it.
    let line: any CallerLine
    let request: Request
    /// Where closing the answer's stream is how a call is cancelled (2026-07-28, "Cancellation"). Before that a lost connection says
    /// nothing (2025-11-25, "Sending Messages to the Server"), and what waits, waits for a repeated call.
    let hangingUpCancels: Bool
    /// Says when it is the server that goes.
    let board: NoticeBoard

    func run(_ interruption: Interruption) async throws -> CallEnding {
        var patience = patience
        let tell = patience.onWaiting
        patience.onWaiting = { waiting in
            interruption.wait(for: waiting)
            tell?(waiting)
        }
        let ending = try await first(patience, interruption)
        // A stream that cannot be written any more ends the task instead.
        let isGone = Task.isCancelled
        if case .answer = ending, !isGone { return ending }
        let isTakenBack: Bool =
            switch ending {
            case .cancelled: true
            case .hungUp, .answer: hangingUpCancels && !board.isDrained
            }
        if isTakenBack, let request = interruption.request { await cancel(request) }
        if case .cancelled = ending { return .cancelled }
        return .hungUp
    }

    /// The answer, or whatever comes before it. Both sides have ended when this returns.
    private func first(_ patience: CallPatience, _ interruption: Interruption) async throws -> CallEnding {
        try await withThrowingTaskGroup(of: CallEnding?.self) { group in
            group.addTask { .answer(try await useCases.perform(call, for: caller, patience: patience)) }
            group.addTask { await self.interrupted(interruption) }
            var ending: CallEnding?
            while ending == nil, let next = try await group.next() { ending = next }
            group.cancelAll()
            return ending ?? .hungUp
        }
    }

    /// Nil when the answer came first.
    private func interrupted(_ interruption: Interruption) async -> CallEnding? {
        while let event = await interruption.next() {
            switch event {
            case .cancelled: return .cancelled
            case .abandoned: return .hungUp
            case .waits: return await interruptedWhileWaiting(interruption)
            }
        }
        return nil
    }

    private func interruptedWhileWaiting(_ interruption: Interruption) async -> CallEnding? {
        await withTaskGroup(of: CallEnding?.self) { group in
            group.addTask { await line.hangsUp(request) ? .hungUp : nil }
            group.addTask { await interruption.isTakenBack().map { $0 ? .cancelled : .hungUp } }
            let ending = await group.next() ?? nil
            group.cancelAll()
            return ending
        }
    }

    /// In a task of its own, which is awaited at once: the caller's has been cancelled, and this is written all the same. What has begun
    /// to run meanwhile refuses it, and goes on.
    private func cancel(_ waiting: WaitingCall) async {
        await Task { _ = try? await useCases.cancel(waiting.request, by: caller) }.value
    }
}
