import AuthorityCore
import AuthorityPorts
import AuthorityTestKit
import CanonicalEncoding
import DomainModel
import Foundation
import OperatorVerbs
import Testing
import WireProtocol

/// Calls whose effect a read-only tool of the same server shows before people decide, and again before they run.
@Suite(.timeLimit(.minutes(2))) struct GatewayPreviewTests {
    private static let previews: [UpstreamServer.Preview] = [
        .init(tool: "delete", preview: "rows", fields: ["/rows", "/orders/0"])
    ]

    private static func tell(
        _ previews: [UpstreamServer.Preview] = previews, _ body: @Sendable (GatewayStory) async throws -> Void
    ) async throws {
        try await GatewayStory.tell(previews: previews) { story in
            try story.program.setRows(3)
            try await body(story)
        }
    }

    @Test func `approvers are shown what the preview says and sign it, and the call runs while that holds`()
        async throws
    {
        try await Self.tell { story in
            let (request, answer) = try await story.held()
            let asked = try await story.scenario.fixture.request(request)
            #expect(
                asked.submission.action.preconditions == [
                    Precondition(provider: "orders___rows", of: "/rows", value: "3"),
                    Precondition(provider: "orders___rows", of: "/orders/0", value: "order 3"),
                ])
            let rendering = asked.assessment.rendering.text
            #expect(rendering.contains("orders___rows: /rows"))
            #expect(rendering.contains("Value at 2026-09-21"))
            #expect(story.program.asked == [Self.call("rows")])
            try await story.scenario.approver.decide(.approve, on: request)
            #expect(try await answer.value.text == "delete")
            #expect(story.program.asked == [Self.call("rows"), Self.call("rows"), Self.call("delete")])
            #expect(try Self.isSound(story))
        }
    }

    @Test func `what the preview says otherwise at the claim makes the call stale, and says what is different`()
        async throws
    {
        try await Self.tell { story in
            let (request, answer) = try await story.held()
            try story.program.setRows(4)
            try await story.scenario.approver.decide(.approve, on: request)
            let refusal = try #require(try await answer.value.refusal)
            #expect(refusal.code == "stale")
            #expect(
                refusal.text
                    == "What people were shown has changed: `/rows` was 3 and is 4 now. The call did not run.")
            #expect(story.program.count("delete") == 0)
            let stale = try await story.scenario.fixture.request(request)
            #expect(stale.progress.endReason == .preconditionChanged)
            // Asked again it takes the place of the stale one, and approvers see the difference.
            let again = try await story.held()
            let asked = try await story.scenario.fixture.request(again.request)
            #expect(asked.submission.context.supersedes == request)
            #expect(try await story.scenario.fixture.request(request).progress.supersededBy == again.request)
            let changes = try asked.assessment.rendering.json()["changes"]?.arrayValue ?? []
            #expect(changes.count == 2, "\(changes)")
            try await story.scenario.approver.decide(.approve, on: again.request)
            #expect(try await again.answer.value.text == "delete")
            #expect(try Self.isSound(story))
        }
    }

    @Test func `a call that comes again attaches, whatever the preview would say by now`() async throws {
        try await Self.tell { story in
            let waiting = try await story.waiting()
            try story.program.setRows(4)
            #expect(try await story.waiting() == waiting)
            #expect(story.program.count("rows") == 1)
        }
    }

    @Test func `without fields everything that the preview says has to stay`() async throws {
        try await Self.tell([.init(tool: "delete", preview: "rows")]) { story in
            let (request, answer) = try await story.held()
            let value = try await story.scenario.fixture.request(request).submission.action.preconditions.first?.value
            #expect(value == #"{"orders":["order 3"],"rows":3,"unseen":"3"}"#)
            try story.program.setRows(3, unseen: "4")
            try await story.scenario.approver.decide(.approve, on: request)
            #expect(try await answer.value.refusal?.code == "stale")
        }
    }

    @Test func `with fields other parts of the preview may change`() async throws {
        try await Self.tell { story in
            let (request, answer) = try await story.held()
            try story.program.setRows(3, unseen: "4")
            try await story.scenario.approver.decide(.approve, on: request)
            #expect(try await answer.value.text == "delete")
        }
    }

    @Test(arguments: ["fails", "refuses", "large", "nothing", "ratio"])
    func `a preview that cannot be made stops the call before anybody is asked`(preview: Text) async throws {
        try await Self.tell([.init(tool: "delete", preview: preview, fields: ["/rows"])]) { story in
            let refused = try await refusal { try await story.waiting() }
            #expect(refused?.code == .factUnreadable)
            #expect(try await story.requests().isEmpty)
            #expect(story.program.count("delete") == 0)
        }
    }

    @Test func `an approval waits while the preview cannot be made again`() async throws {
        try await Self.tell { story in
            let (request, answer) = try await story.held()
            try story.program.setRows(nil)
            try await story.scenario.approver.decide(.approve, on: request)
            // Another caller of the same call has been told that it waits, so the claim was tried.
            #expect(try await story.waiting().request == request)
            #expect(try await story.scenario.fixture.request(request).progress.status == .approved)
            try story.program.setRows(3)
            for _ in 0..<10 { story.authority.watch.letOneSecondPass() }
            #expect(try await answer.value.text == "delete")
        }
    }

    @Test func `what policy allows at once is not previewed`() async throws {
        try await Self.tell([.init(tool: "count", preview: "rows")]) { story in
            let answer = try await story.call("count", ["status": "void"])
            #expect(answer.text == "count")
            #expect(story.program.count("rows") == 0)
        }
    }

    private static func call(_ tool: String) -> String {
        #"{"method":"tools/call","params":{"arguments":{"status":"void"},"name":"\#(tool)"}}"#
    }

    private static func isSound(_ story: GatewayStory) throws -> Bool {
        try Reconciler(
            directory: story.scenario.fixture.directory + "/data",
            origin: story.scenario.fixture.settings.consoleOrigin,
            now: story.clock.now
        ).run().isSound
    }
}
