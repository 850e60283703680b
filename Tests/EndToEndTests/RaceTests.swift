import CanonicalEncoding
import DomainModel
import Foundation
import Testing

/// Calls over HTTP with a proof each, on connections that are open and sent up to their last byte, released together.
///
/// A round is 64 claims of one grant, a veto against the last approval, a cancellation against claims, and one race more
/// (`Race.round`).
@Suite struct RaceTests {
    @Test func `whatever arrives together has one legal outcome, and a grant has one winner`() async throws {
        var tally = RaceTally.fromEnvironment()
        guard tally.remaining > 0 else { return }
        let track = try await RaceTrack()
        defer { track.installation.remove() }
        var rounds = RaceRound(on: track)
        var outcomes: [Race.Outcome] = []
        while tally.remaining > 0 {
            var hasPassed = true
            for race in Race.round(tally.done) {
                let outcome = try await rounds.run(race)
                for problem in outcome.problems {
                    Issue.record("round \(tally.done + 1), \(race.rawValue): \(problem)")
                    hasPassed = false
                }
                outcomes.append(outcome)
            }
            tally.count(hasPassed)
        }
        #expect(try await track.finish())
        try await Self.checkRecord(track.installation, outcomes)
    }

    private static func checkRecord(_ installation: Installation, _ outcomes: [Race.Outcome]) async throws {
        let report = try await installation.doctor()
        #expect(report.sound, "\(report.output.prefix(4096))")
        let won = outcomes.compactMap(\.execution)
        #expect(report.counts["executions"]?.integerValue == Int64(won.count))
        let entries = try installation.log()
        let claims = entries.filter { $0["kind"]?.stringValue == "execution.claimed" }
        #expect(claims.count == won.count)
        #expect(Set(claims.compactMap { $0["subject"]?.textValue }) == Set(won.map(\.text)))
        // A freeze that commits before a claim wins: a claim that won stands before the freeze of its round.
        let places = Dictionary(
            entries.enumerated().compactMap { place, entry in entry["subject"]?.textValue.map { ($0, place) } }
        ) { first, _ in first }
        let freezes = entries.indices.filter { entries[$0]["kind"]?.stringValue == "switch.frozen" }
        for outcome in outcomes {
            guard let freeze = outcome.freeze, let execution = outcome.execution else { continue }
            let place = try #require(places[execution.text])
            #expect(place < freezes[freeze - 1], "\(execution) was claimed after the freeze")
        }
    }
}

/// How far the rounds have come; kept in a file where one is named, so that a long run can go on after it was interrupted.
struct RaceTally {
    private static let usual = 200

    private let rounds: Int
    private let file: String?
    private var passed = 0
    private var failed = 0

    var done: Int { passed + failed }
    var remaining: Int { rounds - done }

    /// `COUNTERSIGN_RACE_ROUNDS` and `COUNTERSIGN_RACE_STATE`.
    static func fromEnvironment() -> RaceTally {
        let environment = ProcessInfo.processInfo.environment
        return RaceTally(
            rounds: environment["COUNTERSIGN_RACE_ROUNDS"].flatMap(Int.init) ?? usual,
            file: environment["COUNTERSIGN_RACE_STATE"])
    }

    private init(rounds: Int, file: String?) {
        self.rounds = rounds
        self.file = file
        guard let file, let text = try? String(contentsOfFile: file, encoding: .utf8) else { return }
        let counts = text.split(whereSeparator: \.isWhitespace).compactMap { Int($0) }
        guard counts.count == 2 else { return }
        (passed, failed) = (counts[0], counts[1])
    }

    mutating func count(_ hasPassed: Bool) {
        if hasPassed { passed += 1 } else { failed += 1 }
        guard let file, done.isMultiple(of: 20) || remaining == 0 || !hasPassed else { return }
        // In place of the old one at once: an interruption leaves one of the two.
        try? Data("\(passed) \(failed)\n".utf8).write(to: URL(filePath: file), options: .atomic)
    }
}
