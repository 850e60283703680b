import APIClient
import AuthorityTestKit
import CanonicalEncoding
import DomainModel
import Testing
import WireProtocol

/// Every edge of the state machine against a real server process with a real database, and what keeps a request where it is.
///
/// The record is read afterwards, by code that shares nothing with the server.
@Suite struct EdgeTests {
    /// Servers are processes: more than a few at once only wait for the processor.
    private static let slots = Slots(3)

    @Test func `every edge of the workflow is walked over HTTP or has a reason why not`() {
        let walked = Set(HTTPEdge.all.map(\.edge))
        let reasons = Set(HTTPEdge.unwalked.keys)
        #expect(walked.union(reasons).sorted() == AllEvents.edges.sorted())
        #expect(walked.isDisjoint(with: reasons), "\(walked.intersection(reasons).sorted())")
    }

    @Test(arguments: HTTPEdge.all)
    func `the request goes that way over HTTP, and the record shows it`(edge: HTTPEdge) async throws {
        try await Self.onTrack { walker in
            try await edge.walk(&walker)
        } afterwards: { installation, id in
            let entries = try installation.log().filter { $0["subject"]?.textValue == id.text }
            #expect(EdgeName(lastOf: entries) == edge.edge)
            let revisions = entries.compactMap { $0["body"]?["revision"]?.integerValue }
            #expect(revisions == Array(1...Int64(max(entries.count, 1))))
        }
    }

    @Test(arguments: [
        ("drop" as Text, RequestStatus.denied), ("vacuum", .denied), ("read", .approved), ("update", .approved),
        ("delete", .pending),
    ])
    func `what policy says at once is where a request begins`(operation: Text, status: RequestStatus) async throws {
        try await Self.onTrack { walker in
            try await walker.open(HTTPEdge.deletion(["arguments": ["operation": .string(operation), "id": 7]]))
            #expect(walker.request?.status == status)
            guard status == .approved else { return }
            try await walker.takeToken()
            try await walker.claimOnce()
            try await walker.complete()
        } afterwards: { _, _ in
        }
    }

    @Test func `an action outside of the registry is denied`() async throws {
        try await Self.onTrack { walker in
            try await walker.open(HTTPEdge.deletion(["tool": ["server": "orders-db", "name": "elsewhere"]]))
            #expect(walker.request?.status == .denied)
        } afterwards: { _, _ in
        }
    }

    @Test(arguments: [RequestStatus.approved, .granted])
    func `a freeze stops the next step and changes nothing, and a thaw lets it go on`(status: RequestStatus)
        async throws
    {
        let agent: AgentID = try Scenario.name("orders-agent")
        for scope in [Freeze.Scope.everything, .agent(agent), .tool(Scenario.tool.reference.qualifiedName)] {
            try await Self.onTrack { walker in
                try await walker.reach(status)
                try await walker.track.ana.apply(.freeze(scope, reason: "stop"))
                let refused = try await walker.nextStep()
                #expect(refused == .frozen)
                #expect(try await walker.track.ana.status(of: walker.id) == status)
                try await walker.track.ana.apply(.thaw(scope))
                let allowed = try await walker.nextStep()
                #expect(allowed == nil)
            } afterwards: { _, _ in
            }
        }
    }

    @Test func `before its window a request waits, and in it goes on`() async throws {
        try await Self.onTrack { walker in
            try await walker.reach(.approved, more: ["window": .window(from: 3, until: 60)])
            let refused = try await walker.nextStep()
            #expect(refused == .windowClosed)
            #expect(try await walker.track.ana.status(of: walker.id) == .approved)
            let hasBegun = try await ServerProcess.eventually {
                try await walker.nextStep() == .windowClosed ? nil : true
            }
            #expect(hasBegun == true)
            try await walker.claimOnce()
        } afterwards: { _, _ in
        }
    }

    /// Walks, stops the server, and has the record checked.
    private static func onTrack(
        _ walk: @Sendable (inout EdgeWalker) async throws -> Void,
        afterwards check: @Sendable (Installation, RequestID) throws -> Void
    ) async throws {
        try await slots.hold {
            let track = try await RaceTrack()
            defer { track.installation.remove() }
            var walker = EdgeWalker(on: track)
            do {
                try await walk(&walker)
            } catch {
                Issue.record("\(error): \(walker.track.server.writtenLog)")
            }
            #expect(try await walker.track.finish())
            try check(track.installation, try walker.id)
            let report = try await track.installation.doctor()
            #expect(report.sound, "\(report.output)")
        }
    }
}
