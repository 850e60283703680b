import APIClient
import AuthorityTestKit
import CanonicalEncoding
import DomainModel
import WireProtocol

/// Calls that arrive together, and what may come of them.
enum Race: String, Sendable, CaseIterable {
    case claimAgainstClaims, vetoAgainstApprove, vetoAgainstClaims, cancelAgainstClaims, freezeAgainstClaims
    /// A client that repeats one claim because it heard nothing: the same key each time.
    case claimAgainstItself

    /// What every round runs, so that so many rounds are so many of each.
    static let always: [Race] = [.claimAgainstClaims, .vetoAgainstApprove, .cancelAgainstClaims]
    /// One of these in turn joins them.
    static let inTurn: [Race] = [.vetoAgainstClaims, .freezeAgainstClaims, .claimAgainstItself]

    static func round(_ number: Int) -> [Race] { always + [inTurn[number % inTurn.count]] }

    /// What a race showed.
    struct Outcome: Sendable {
        /// Everything that may not be.
        var problems: [String] = []
        /// The one that won, where one did.
        var execution: ExecutionID?
        /// Where a freeze was among the calls: which it was, counted from 1.
        var freeze: Int?

        mutating func expect(_ holds: Bool, _ problem: @autoclosure () -> String) {
            if !holds { problems.append(problem()) }
        }
    }
}

/// The races, one function each.
struct RaceRound {
    static let claims = 64
    /// A claim has four tries against one other call, so that both sides win now and then.
    private static let rivals = 4

    var track: RaceTrack
    private var freezes = 0

    init(on track: RaceTrack) { self.track = track }

    mutating func run(_ race: Race) async throws -> Race.Outcome {
        switch race {
        case .claimAgainstClaims: try await claimAgainstClaims()
        case .claimAgainstItself: try await claimAgainstItself()
        case .vetoAgainstApprove: try await vetoAgainstApprove()
        case .vetoAgainstClaims: try await vetoAgainstClaims()
        case .cancelAgainstClaims: try await cancelAgainstClaims()
        case .freezeAgainstClaims: try await freezeAgainstClaims()
        }
    }

    private mutating func claimAgainstClaims() async throws -> Race.Outcome {
        let (request, claim) = try await track.granted()
        var calls: [TransportRequest] = []
        for _ in 0..<Self.claims { calls.append(try await track.claimCall(claim)) }
        var outcome = Race.Outcome()
        check(try await HeldCall.race(calls), among: ["already_claimed", "token_invalid"], wins: 1, &outcome)
        try await settle(request.id, .executing, &outcome)
        return outcome
    }

    private mutating func claimAgainstItself() async throws -> Race.Outcome {
        let (request, claim) = try await track.granted()
        var calls: [TransportRequest] = []
        for _ in 0..<8 { calls.append(try await track.claimCall(claim, key: request.id.text)) }
        let answers = try await HeldCall.race(calls)
        var outcome = Race.Outcome()
        let executions = Set(answers.map { $0.json["execution"]?.textValue })
        outcome.expect(executions.count == 1, "one claim made \(executions.count) executions: \(answers.map(\.code))")
        outcome.expect(
            answers.map(\.status).sorted() == Array(repeating: 200, count: 7) + [201],
            "a repeated claim was answered \(answers.map(\.code))")
        outcome.execution = answers.first?.json["execution"]?.textValue.flatMap(ExecutionID.init)
        try await settle(request.id, .executing, &outcome)
        return outcome
    }

    private mutating func vetoAgainstApprove() async throws -> Race.Outcome {
        let request = try await track.pending()
        let veto = try await track.ben.signedVote(.deny, on: request.id)
        let approve = try await track.ana.signedVote(.approve, on: request.id)
        let (first, rest) = try await HeldCall.race(veto, against: [approve])
        var outcome = Race.Outcome()
        outcome.expect(first.status == 200, "the veto was answered \(first.code)")
        let answer = rest.first?.code ?? ""
        outcome.expect(["200", "request_not_pending"].contains(answer), "the last approve was answered \(answer)")
        try await settle(request.id, .denied, &outcome)
        if let code = try await tokenRefusal(request.id) {
            outcome.expect(code == .requestNotApproved, "after the veto, a token was answered \(code)")
        } else {
            outcome.problems.append("a token was issued after the veto")
        }
        return outcome
    }

    private mutating func vetoAgainstClaims() async throws -> Race.Outcome {
        let (request, claim) = try await track.granted()
        let veto = try await track.ben.signedVote(.deny, on: request.id)
        return try await oneOrTheOther(veto, ["request_not_pending"], request.id, claim, endsAs: .denied)
    }

    private mutating func cancelAgainstClaims() async throws -> Race.Outcome {
        let (request, claim) = try await track.granted()
        let cancel = try await track.cancelCall(request.id)
        return try await oneOrTheOther(cancel, ["request_ended"], request.id, claim, endsAs: .cancelled)
    }

    /// Either the other call ends the request, or a claim consumes it: never both, never neither.
    private mutating func oneOrTheOther(
        _ other: TransportRequest, _ refusals: Set<String>, _ id: RequestID, _ claim: ClaimBody,
        endsAs status: RequestStatus
    ) async throws -> Race.Outcome {
        let (first, rest) = try await HeldCall.race(other, against: try await rivals(claim))
        var outcome = Race.Outcome()
        let hasWon = first.status == 200
        outcome.expect(hasWon || refusals.contains(first.code), "the other call was answered \(first.code)")
        check(
            rest, among: ["already_claimed", "token_invalid", "request_ended"], wins: hasWon ? 0 : 1, &outcome)
        try await settle(id, hasWon ? status : .executing, &outcome)
        return outcome
    }

    private mutating func freezeAgainstClaims() async throws -> Race.Outcome {
        let (request, claim) = try await track.granted()
        let scope = Freeze.Scope.tool(Scenario.tool.reference.qualifiedName)
        let freeze = try await track.ana.signedChange(.freeze(scope, reason: "a race"))
        let (first, rest) = try await HeldCall.race(freeze, against: try await rivals(claim))
        freezes += 1
        var outcome = Race.Outcome()
        outcome.freeze = freezes
        outcome.expect(first.status == 200, "the freeze was answered \(first.code)")
        let hasRun = rest.contains { $0.status == 201 }
        check(rest, among: ["already_claimed", "token_invalid", "frozen"], wins: hasRun ? 1 : 0, &outcome)
        // What ran already when the freeze came is unknown; what had not begun still waits for its thaw.
        try await settle(request.id, hasRun ? .unknown : .granted, &outcome)
        try await track.ana.apply(.thaw(scope))
        return outcome
    }

    private mutating func rivals(_ claim: ClaimBody) async throws -> [TransportRequest] {
        var calls: [TransportRequest] = []
        for _ in 0..<Self.rivals { calls.append(try await track.claimCall(claim)) }
        return calls
    }

    private func check(
        _ answers: [TransportResponse], among refusals: Set<String>, wins: Int, _ outcome: inout Race.Outcome
    ) {
        let winners = answers.filter { $0.status == 201 }
        outcome.expect(winners.count == wins, "\(winners.count) claims won, and \(wins) may")
        let odd = answers.filter { $0.status != 201 && !refusals.contains($0.code) }
        outcome.expect(odd.isEmpty, "claims were answered \(odd.map(\.code))")
        outcome.execution = winners.first?.json["execution"]?.textValue.flatMap(ExecutionID.init)
    }

    /// Reads back what became of it, and completes what runs.
    private func settle(_ id: RequestID, _ expected: RequestStatus, _ outcome: inout Race.Outcome) async throws {
        let status = try await track.status(of: id)
        outcome.expect(status == expected, "the request is \(status?.rawValue ?? "?"), not \(expected.rawValue)")
        guard status == .executing, let execution = outcome.execution else { return }
        try await track.client.complete(execution, CompletionBody(outcome: .succeeded))
    }

    /// Nil: there was none.
    private func tokenRefusal(_ id: RequestID) async throws -> ProblemCode? {
        do throws(ClientError) {
            _ = try await track.client.token(id, audience: track.client.identity.agent)
            return nil
        } catch {
            guard let code = error.code else { throw error }
            return code
        }
    }
}

extension HeldCall {
    /// Holds them all, then lets them go at once.
    static func race(_ calls: [TransportRequest]) async throws -> [TransportResponse] {
        // It blocks until the last one is answered.
        try await onOwnThread { try release(try calls.map { try HeldCall($0) }) }
    }

    /// The one stands anywhere among the others, so that each of them is first now and then.
    static func race(
        _ one: TransportRequest, against others: [TransportRequest]
    ) async throws -> (one: TransportResponse, others: [TransportResponse]) {
        var calls = others
        let place = Int.random(in: 0...others.count)
        calls.insert(one, at: place)
        var answers = try await race(calls)
        return (answers.remove(at: place), answers)
    }
}
