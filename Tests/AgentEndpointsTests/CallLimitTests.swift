import AuthorityCore
import CanonicalEncoding
import HTTPTypes
import Testing
import WireProtocol

@Suite struct CallLimitTests {
    private static func limits(entrance: Int64 = 100, caller: Int64 = 100) throws -> CallLimits {
        CallLimits(
            entrance: try #require(RateLimit(perSecond: 1, burst: entrance)),
            caller: try #require(RateLimit(perSecond: 1, burst: caller))
        ) { Timestamp(milliseconds: 0) }
    }

    @Test func `an address asks for so many tokens, and then is told when to come back, in OAuth's form`() async throws
    {
        var call = PlaneCall(.issueAccessToken)
        call.limits = try Self.limits(entrance: 2)
        #expect(try await call.answer().status == 200)
        #expect(try await call.answer().status == 200)
        let refused = try await call.answer()
        #expect(refused.status == 429)
        #expect(refused.headers[.retryAfter] == "1")
        #expect(refused.body["code"] == "rate_limited")
        // Whoever has a token already goes on.
        var other = PlaneCall(.openRequest)
        other.limits = call.limits
        #expect(try await other.answer().status == 201)
    }

    @Test(arguments: AgentRoute.allCases)
    func `an agent calls so often on every route that asks who it is`(route: AgentRoute) async throws {
        var call = PlaneCall(route)
        call.limits = try Self.limits(caller: 1)
        #expect(try await call.answer().status < 300)
        let second = try await call.answer()
        let isOpen = [.serverMetadata, .keySet, .issueAccessToken].contains(route)
        #expect(second.status == (isOpen ? 200 : 429))
        #expect(second.headers[.retryAfter] == (isOpen ? nil : "1"))
        if !isOpen { #expect(second.body["code"] == "rate_limited") }
    }
}
