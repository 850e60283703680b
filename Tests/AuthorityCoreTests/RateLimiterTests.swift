import AuthorityCore
import CanonicalEncoding
import Testing

@Suite struct RateLimiterTests {
    private static let start = Timestamp(milliseconds: 1_790_000_000_000)

    private static func limiter(_ perSecond: Int64, _ burst: Int64, capacity: Int = 100) throws -> RateLimiter {
        RateLimiter(try #require(RateLimit(perSecond: perSecond, burst: burst)), capacity: capacity)
    }

    @Test(arguments: [(Int64(0), Int64(1)), (1, 0), (-1, 5), (1_000_001, 1), (1, 1_000_001)])
    func `a limit of nothing or without end is none`(perSecond: Int64, burst: Int64) {
        #expect(RateLimit(perSecond: perSecond, burst: burst) == nil)
    }

    @Test func `a burst passes, then so many a second, and each caller has its own`() throws {
        let limiter = try Self.limiter(2, 3)
        for _ in 0..<3 { #expect(limiter.secondsToWait("a", at: Self.start) == nil) }
        #expect(limiter.secondsToWait("a", at: Self.start) == 1)
        #expect(limiter.secondsToWait("b", at: Self.start) == nil)
        #expect(limiter.secondsToWait("a", at: Self.start.adding(milliseconds: 499)) == 1)
        #expect(limiter.secondsToWait("a", at: Self.start.adding(milliseconds: 500)) == nil)
        #expect(limiter.secondsToWait("a", at: Self.start.adding(milliseconds: 500)) == 1)
        // Rest fills it up, and no further than to the brim.
        let later = Self.start.adding(seconds: 3600)
        for _ in 0..<3 { #expect(limiter.secondsToWait("a", at: later) == nil) }
        #expect(limiter.secondsToWait("a", at: later) == 1)
    }

    @Test func `a refused call takes nothing, and who waits as long as it is told gets through`() throws {
        let limiter = try Self.limiter(1, 1)
        #expect(limiter.secondsToWait("a", at: Self.start) == nil)
        for _ in 0..<50 { #expect(limiter.secondsToWait("a", at: Self.start) == 1) }
        #expect(limiter.secondsToWait("a", at: Self.start.adding(seconds: 1)) == nil)
    }

    @Test func `a clock that goes back locks nobody out`() throws {
        let limiter = try Self.limiter(1, 2)
        for _ in 0..<3 { _ = limiter.secondsToWait("a", at: Self.start) }
        let earlier = Self.start.adding(seconds: -86_400)
        #expect(limiter.secondsToWait("a", at: earlier) == nil)
        #expect(limiter.secondsToWait("a", at: earlier) == nil)
        #expect(limiter.secondsToWait("a", at: earlier) != nil)
    }

    @Test func `memory is bounded whoever calls, and those who are known keep their bucket`() throws {
        let limiter = try Self.limiter(1, 4, capacity: 10)
        for number in 0..<1000 {
            _ = limiter.secondsToWait("\(number)", at: Self.start)
            #expect(limiter.count <= 10)
        }
        // Those without room share a bucket, which the others have emptied.
        #expect(limiter.secondsToWait("new", at: Self.start) != nil)
        #expect(limiter.secondsToWait("0", at: Self.start) == nil)
        // Full buckets are forgotten once there is need.
        let later = Self.start.adding(seconds: 4)
        #expect(limiter.secondsToWait("new", at: later) == nil)
        #expect(limiter.count == 1)
    }
}
