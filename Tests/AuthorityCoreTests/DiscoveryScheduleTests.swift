import Testing

@testable import AuthorityCore

@Suite struct DiscoveryScheduleTests {
    /// After how many seconds it asks by itself.
    private func seconds(_ schedule: inout DiscoverySchedule) -> Int {
        for second in 1...1_000 where schedule.letOneSecondPass() { return second }
        return -1
    }

    private func wants(_ schedule: inout DiscoverySchedule) -> Bool { schedule.want() }

    @Test func `the first word is followed at once, and a server that says nothing is asked each minute`() {
        var schedule = DiscoverySchedule()
        #expect(wants(&schedule))
        schedule.succeeded()
        #expect(seconds(&schedule) == 60)
    }

    @Test func `what is said while it is asked is followed afterwards`() {
        var schedule = DiscoverySchedule()
        #expect(wants(&schedule) && !wants(&schedule))
        let passed = schedule.letOneSecondPass()
        #expect(!passed)
        schedule.succeeded()
        #expect(seconds(&schedule) == 1)
    }

    @Test func `a server that never stops changing is asked less and less, once a minute in the end`() {
        var schedule = DiscoverySchedule()
        var pauses: [Int] = []
        _ = schedule.want()
        for _ in 0..<8 {
            schedule.succeeded()
            pauses.append(schedule.want() ? 0 : seconds(&schedule))
        }
        #expect(pauses == [1, 2, 4, 8, 16, 32, 60, 60])
        schedule.succeeded()
        #expect(seconds(&schedule) == 60)
        schedule.succeeded()
        #expect(wants(&schedule))
    }

    @Test func `a server that cannot be reached is tried later each time, and from the beginning once it was`() {
        var schedule = DiscoverySchedule()
        var waits: [Int] = []
        _ = schedule.want()
        for _ in 0..<8 {
            schedule.failed()
            waits.append(seconds(&schedule))
        }
        #expect(waits == [1, 2, 4, 8, 16, 32, 60, 60])
        schedule.succeeded()
        _ = seconds(&schedule)
        schedule.failed()
        #expect(seconds(&schedule) == 1)
    }
}
