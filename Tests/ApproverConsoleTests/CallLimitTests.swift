@testable import ApproverConsole
import AuthorityCore
import CanonicalEncoding
import HTTPTypes
import Hummingbird
import NIOCore
import Testing

@Suite struct CallLimitTests {
    private static func fixture(entrance: Int64 = 100, caller: Int64 = 100) throws -> ConsoleFixture {
        try ConsoleFixture(
            limits: CallLimits(
                entrance: try #require(RateLimit(perSecond: 1, burst: entrance)),
                caller: try #require(RateLimit(perSecond: 1, burst: caller))
            ) { Samples.now })
    }

    @Test func `asking for a login writes nothing, however often it is done`() async throws {
        let fixture = try Self.fixture()
        _ = try await fixture.enrolled()
        let before = try fixture.stateOfStore()
        var challenges: Set<Text> = []
        for _ in 0..<20 {
            let begun = await fixture.call(.post, "/api/login/begin")
            challenges.insert(try #require(begun.json?["options"]?["challenge"]?.textValue))
        }
        #expect(challenges.count == 20)
        #expect(try fixture.stateOfStore() == before)
    }

    /// The two calls of the enrolment have been counted.
    @Test(arguments: ConsoleRoute.allCases.filter(\.isEntrance))
    func `an address knocks so often, and then is told when to come back`(route: ConsoleRoute) async throws {
        let fixture = try Self.fixture(entrance: 4)
        _ = try await fixture.enrolled()
        for _ in 0..<2 { #expect(await fixture.call(.post, ConsolePlaneTests.path(route)).status != 429) }
        let refused = await fixture.call(.post, ConsolePlaneTests.path(route))
        #expect(refused.status == 429)
        #expect(refused.headers[.retryAfter] == "1")
        #expect(refused.json?["code"] == "rate_limited")
        // What costs nothing is still there, and so is the door for others.
        #expect(await fixture.call(.get, "/sign-in").status == 200)
        let elsewhere = await fixture.call(
            .post, ConsolePlaneTests.path(route), from: try SocketAddress(ipAddress: "192.0.2.7", port: 1))
        #expect(elsewhere.status != 429)
    }

    @Test func `the entrance is every public route that changes something`() {
        let changing = ConsoleRoute.allCases.filter { $0.isPublic && $0.changesSomething }
        #expect(ConsoleRoute.allCases.filter(\.isEntrance) == changing)
    }

    @Test func `a person calls so often`() async throws {
        let fixture = try Self.fixture(caller: 2)
        let cookie = try await fixture.enrolled()
        #expect(await fixture.call(.get, "/api/inbox", cookie).status == 200)
        #expect(await fixture.call(.get, "/", cookie).status == 200)
        let refused = await fixture.call(.get, "/", cookie)
        #expect(refused.status == 429)
        #expect(refused.headers[.retryAfter] == "1")
        ConsolePlaneTests.expectSecurityHeaders(refused, "429")
    }
}
