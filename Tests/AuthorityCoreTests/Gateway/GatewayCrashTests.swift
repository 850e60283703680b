import AuthorityCore
import AuthorityPorts
import AuthorityTestKit
import CanonicalEncoding
import DomainModel
import Foundation
import OperatorVerbs
import Synchronization
import Testing

/// What a process leaves that is killed at any step of a call, and what the next one makes of it: nothing that was sent is sent
/// again, nothing that was decided is lost, and the record is sound.
///
/// The record is copied at the step, as a kill would leave it, while the first process goes on unawares.
@Suite(.timeLimit(.minutes(5))) struct GatewayCrashTests {
    /// Takes the copy when a step is reached for the nth time.
    private final class Camera: Sendable {
        private struct State {
            var timesLeft: Int
            var fixture: AuthorityFixture?
            var copy: Result<String, any Error>?
        }

        private let step: Step
        private let state: Mutex<State>

        init(_ step: Step, time: Int) {
            self.step = step
            state = Mutex(State(timesLeft: time))
        }

        var probe: StepProbe { StepProbe { [self] in reached($0) } }
        var copy: String? { get throws { try state.withLock { try $0.copy?.get() } } }

        func load(_ fixture: AuthorityFixture) { state.withLock { $0.fixture = fixture } }

        private func reached(_ reached: Step) {
            guard reached == step else { return }
            state.withLock { state in
                state.timesLeft -= 1
                guard state.timesLeft == 0, let fixture = state.fixture else { return }
                state.copy = Result { try fixture.copyOfTheRecord() }
            }
        }
    }

    /// Of an allowed call and then of a held one; these are passed by both.
    private static let twice: Set<Step> = [
        .callBeforeTransaction, .callBeforeCommit, .callAfterCommit, .callAfterAnswer, .callCompletionBeforeCommit,
        .callCompletionAfterCommit,
    ]
    private static let points: [(Step, Int)] =
        Step.ofTheGateway.map { ($0, 1) } + Step.ofTheGateway.filter(twice.contains).map { ($0, 2) }

    @Test(arguments: points)
    func `after a crash at any step of a call nothing runs twice and nothing is lost`(step: Step, time: Int)
        async throws
    {
        let camera = Camera(step, time: time)
        try await GatewayStory.tell(probe: camera.probe) { story in
            camera.load(story.scenario.fixture)
            _ = try await story.call("count", ["status": "void"])
            let (request, answer) = try await story.held()
            try await story.scenario.approver.decide(.approve, on: request)
            _ = try await answer.value
            let copy = try #require(try camera.copy, "\(step.rawValue) was not reached")
            // The next process begins later.
            story.clock.advance(milliseconds: 1)
            let fixture = try story.scenario.fixture.opened(copy)
            do { try await Self.goOn(story, after: fixture) } catch {
                try? await fixture.close()
                throw error
            }
            try await fixture.close()
        }
    }

    /// The agent calls again what it knows no answer of, and people decide what waits for them.
    private static func goOn(_ story: GatewayStory, after fixture: AuthorityFixture) async throws {
        let next = GatewayStory(story.scenario.at(fixture), story.program, story.server, story.connections)
        let deletion = try await next.requests().first { $0.submission.action.tool.name == "delete" }
        let kept = try await deletion.asyncMap { call in try await fixture.read { try $0.heldCall(call.id) } } ?? nil
        let hasKeptAnswer = kept?.answer != nil && kept?.handedOverAt == nil
        let sent = story.program.count("delete")
        try await next.whileRunning {
            for id in try await next.requests().filter({ $0.progress.status == .executing }).map(\.id) {
                try await next.eventually(.unknown, id)
            }
            let again = try await answered(next)
            #expect(again.text == "delete")
            #expect(story.program.count("delete") == sent + (hasKeptAnswer ? 0 : 1))
        }
        let report = try Reconciler(
            directory: fixture.directory + "/data", origin: fixture.settings.consoleOrigin, now: next.clock.now
        ).run()
        #expect(report.isSound, "\(report.findings)")
    }

    private static func answered(_ story: GatewayStory) async throws -> CallAnswer {
        let waiting = try await story.call("delete", ["status": "void"])
        guard case .waiting(let call) = waiting else { return waiting }
        if try await story.scenario.fixture.request(call.request).progress.status == .pending {
            try await story.scenario.approver.decide(.approve, on: call.request)
        }
        return try await story.call("delete", ["status": "void"], patience: CallPatience(hold: .seconds(50)))
    }
}

extension Optional {
    fileprivate func asyncMap<Other>(_ transform: (Wrapped) async throws -> Other) async rethrows -> Other? {
        if let self { try await transform(self) } else { nil }
    }
}
