import AuthorityCore
import AuthorityTestKit
import CanonicalEncoding
import DomainModel
import Testing

/// What is stored is read again; and what was damaged keeps nobody from the rest.
@Suite struct ReadabilityTests {
    /// Arrays inside each other, so many levels.
    private static func nested(_ levels: Int) -> JSONValue {
        (1..<max(levels, 2)).reduce(.array([])) { value, _ in .array([value]) }
    }

    /// What an agent writes may be as deep as the reader lets in, wherever it stands.
    static let places: [@Sendable (JSONValue) -> JSONObject] = [
        {
            [
                "action": [
                    "tool": ["server": "orders-db", "name": "execute"], "arguments": ["operation": "delete", "x": $0],
                ]
            ]
        },
        {
            [
                "action": Scenario.deletion,
                "rollback": ["tool": ["server": "orders-db", "name": "execute"], "arguments": ["x": $0]],
            ]
        },
    ]

    @Test(arguments: 0..<2, [1, 32, 55, 58, 59, 60, 61])
    func `whatever is stored can be read, however deep it was let in`(place: Int, levels: Int) async throws {
        try await AuthorityFixture.withScenario { scenario in
            let body = Self.places[place](Self.nested(levels))
            let bytes = CanonicalJSON.encode(.object(body))
            _ = try JSONReader.read(bytes)
            let (id, _) = try await scenario.agent.open(body["action"] ?? .null, more: body)
            #expect(try await scenario.agent.read(id)["status"] == "pending")
            #expect(try await scenario.fixture.request(id).progress.status == .pending)
            let viewer = try await scenario.approver.viewer()
            #expect(try await ReadInbox(scenario.authority).run(viewer).map(\.request.id) == [id])
            #expect(try await ReadRequestPage(scenario.authority).run(viewer, id: id.text).request.id == id)
            scenario.clock.advance(seconds: 86_400 * 30)
            try await Sweeper(scenario.authority).run()
            #expect(try await scenario.fixture.request(id).progress.status == .expired)
        }
    }

    @Test func `the deepest body that the reader lets in is stored and read`() async throws {
        for place in Self.places {
            let deepest = try #require(
                (1...64).last { (try? JSONReader.read(CanonicalJSON.encode(.object(place(Self.nested($0)))))) != nil })
            try await AuthorityFixture.withScenario { scenario in
                let body = place(Self.nested(deepest))
                let id = try await scenario.agent.open(body["action"] ?? .null, more: body).id
                #expect(try await scenario.fixture.request(id).progress.status == .pending)
            }
        }
    }

    @Test func `a damaged request keeps nothing else alive and hides nothing else`() async throws {
        try await AuthorityFixture.withScenario { scenario in
            let damaged = try await scenario.pending().id
            scenario.clock.advance(milliseconds: 1)
            let sound = try await scenario.pending().id
            try TestDatabase.damage(
                scenario.fixture, "UPDATE request_bodies SET submission = '{' WHERE request = '\(damaged.text.string)'")
            await #expect(throws: (any Error).self) { try await scenario.fixture.request(damaged) }
            let viewer = try await scenario.approver.viewer()
            #expect(try await ReadInbox(scenario.authority).run(viewer).map(\.request.id) == [sound])
            #expect(try await ReadRequests(scenario.authority).run(viewer).map(\.id) == [sound])
            scenario.clock.advance(seconds: 86_400 * 30)
            #expect(try await Sweeper(scenario.authority).run() == 1)
            #expect(try await scenario.fixture.request(sound).progress.status == .expired)
        }
    }

    @Test func `an agent with a damaged request can be disabled`() async throws {
        try await AuthorityFixture.withScenario { scenario in
            let (damaged, sound) = (try await scenario.pending().id, try await scenario.pending().id)
            try TestDatabase.damage(
                scenario.fixture, "UPDATE request_bodies SET submission = '{' WHERE request = '\(damaged.text.string)'")
            try await scenario.approver.change(.disableAgent(scenario.agent.id))
            #expect(try await scenario.fixture.request(sound).progress.status == .cancelled)
        }
    }
}
