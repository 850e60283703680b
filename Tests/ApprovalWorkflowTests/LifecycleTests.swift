import ApprovalWorkflow
import CanonicalEncoding
import DomainModel
import Testing

@Suite struct LifecycleTests {
    /// Each label of the diagram once, with the states that it leaves and the state that it leads to.
    static func edges() throws -> [(event: RequestEvent, from: Set<RequestStatus>, to: RequestStatus)] {
        let beforeClaim: Set<RequestStatus> = [.pending, .approved, .granted]
        let grant = try Sample.grant()
        return [
            (.quorumReached(votesExpireAt: Sample.now.adding(seconds: 300)), [.pending], .approved),
            (.vetoed, beforeClaim, .denied),
            (.voteWithdrawn, beforeClaim, .denied),
            (.cancelled(by: .agent), beforeClaim, .cancelled),
            (.cancelled(by: .disabledAgent), beforeClaim, .cancelled),
            (.superseded(by: Sample.request), beforeClaim, .cancelled),
            (.expired(.windowClosed), beforeClaim, .expired),
            (.becameStale(.toolChanged), beforeClaim, .stale),
            (.becameStale(.policyChanged), beforeClaim, .stale),
            (.becameStale(.factChanged), beforeClaim, .stale),
            (.becameStale(.taskChanged), beforeClaim, .stale),
            (.becameStale(.epochChanged), beforeClaim, .stale),
            (.becameStale(.agentDisabled), beforeClaim, .stale),
            (.tokenIssued(grant), [.approved], .granted),
            (.tokenRevoked, [.granted], .approved),
            (.claimed(Sample.execution), [.granted], .executing),
            (.completedAsAgreed, [.executing], .completed),
            (.failedWithoutEffect(.executorReportedFailure), [.executing], .failed),
            (.failedWithoutEffect(.hadNoEffect), [.executing], .failed),
            (.differed, [.executing], .violated),
            (.lost(.deadlineMissed), [.executing], .unknown),
            (.lost(.frozenWhileExecuting), [.executing], .unknown),
            (.lost(.epochChanged), [.executing], .unknown),
        ]
    }

    /// What is looked at before a step towards the effect ends nothing that still waits for people.
    @Test func `votes and facts end what is approved or granted, and nothing that is pending`() throws {
        for reason in [EndReason.preconditionChanged, .approverChanged] {
            for status in [RequestStatus.approved, .granted] {
                let next = try Lifecycle.next(Sample.progress(status), .becameStale(reason), at: Sample.now).get()
                #expect(next.status == .stale && next.endReason == reason)
            }
            let pending = Lifecycle.next(try Sample.progress(.pending), .becameStale(reason), at: Sample.now)
            #expect(pending == .failure(.reasonDoesNotFit))
        }
    }

    @Test(arguments: RequestStatus.allCases)
    func `exactly the edges of the diagram exist`(status: RequestStatus) throws {
        let progress = try Sample.progress(status)
        for edge in try Self.edges() {
            let result = Lifecycle.next(progress, edge.event, at: Sample.now)
            if edge.from.contains(status) {
                let next = try result.get()
                #expect(next.status == edge.to, "\(status) on \(edge.event)")
                #expect(next.revision == 5)
                #expect(next.updatedAt == Sample.now)
            } else {
                let refusal: WorkflowRefusal = status.isTerminal ? .alreadyEnded : .noSuchStep
                #expect(result == .failure(refusal), "\(status) on \(edge.event)")
            }
        }
    }

    @Test func `a token lapses from granted alone`() throws {
        for status in RequestStatus.allCases {
            var progress = try Sample.progress(status)
            progress.grant = try Sample.grant()
            let result = Lifecycle.next(progress, .tokenLapsed, at: Sample.now.adding(seconds: 60))
            if status == .granted {
                let next = try result.get()
                #expect(next.status == .approved)
                #expect(next.grant == progress.grant, "the consumption key stays")
            } else {
                #expect(result == .failure(status.isTerminal ? .alreadyEnded : .noSuchStep))
            }
        }
    }

    @Test func `a token that is still valid does not lapse`() throws {
        let before = Timestamp(milliseconds: Sample.now.milliseconds + 59_999)
        #expect(try Lifecycle.next(Sample.progress(.granted), .tokenLapsed, at: before) == .failure(.tokenStillValid))
    }

    @Test func `a request begins as policy says`() {
        #expect(Lifecycle.opening(.needsPeople, expiresAt: Sample.now, at: Sample.now).status == .pending)
        #expect(Lifecycle.opening(.allowed, expiresAt: Sample.now, at: Sample.now).status == .approved)
        let denied = Lifecycle.opening(.forbidden(.policyForbids), expiresAt: Sample.now, at: Sample.now)
        #expect(denied.status == .denied)
        #expect(denied.endReason == .policyForbids)
        #expect(denied.revision == 1)
    }

    @Test(arguments: RequestStatus.allCases.filter(\.isBeforeClaim))
    func `time ends a request at its expiry and not a millisecond earlier`(status: RequestStatus) throws {
        let progress = try Sample.progress(status)
        let end = progress.expiresAt
        for reason in [EndReason.requestExpired, .votesExpired] where reason != .votesExpired || status != .pending {
            let early = Lifecycle.next(progress, .expired(reason), at: Timestamp(milliseconds: end.milliseconds - 1))
            #expect(early == .failure(.notYetDue))
            let due = try Lifecycle.next(progress, .expired(reason), at: end).get()
            #expect(due.status == .expired)
            #expect(due.endReason == reason)
        }
    }

    @Test func `no step towards an effect is taken at the expiry or after`() throws {
        let end = Sample.now.adding(seconds: 600)
        let last = Timestamp(milliseconds: end.milliseconds - 1)
        let longGrant = try Sample.grant(tokenExpiresAt: end.adding(seconds: 30))
        var granted = try Sample.progress(.granted)
        granted.grant = longGrant
        let steps: [(Progress, RequestEvent)] = [
            (try Sample.progress(.pending), .quorumReached(votesExpireAt: end.adding(seconds: 60))),
            (try Sample.progress(.approved), .tokenIssued(longGrant)),
            (granted, .claimed(Sample.execution)),
        ]
        for (progress, event) in steps {
            #expect(throws: Never.self) { try Lifecycle.next(progress, event, at: last).get() }
            #expect(Lifecycle.next(progress, event, at: end) == .failure(.expired))
        }
    }

    @Test func `an approval is valid as long as request and votes both are`() throws {
        let pending = try Sample.progress(.pending)
        let shorter = Sample.now.adding(seconds: 60)
        let approved = try Lifecycle.next(pending, .quorumReached(votesExpireAt: shorter), at: Sample.now).get()
        #expect(approved.expiresAt == shorter)
        let longer = pending.expiresAt.adding(seconds: 60)
        let kept = try Lifecycle.next(pending, .quorumReached(votesExpireAt: longer), at: Sample.now).get()
        #expect(kept.expiresAt == pending.expiresAt, "votes extend nothing")
        #expect(
            Lifecycle.next(pending, .quorumReached(votesExpireAt: Sample.now), at: Sample.now)
                == .failure(.votesExpired))
    }

    @Test func `a claim comes before the token's expiry`() throws {
        let granted = try Sample.progress(.granted)
        let end = try #require(granted.grant).tokenExpiresAt
        let last = Timestamp(milliseconds: end.milliseconds - 1)
        let executing = try Lifecycle.next(granted, .claimed(Sample.execution), at: last).get()
        #expect(executing.execution == Sample.execution)
        #expect(Lifecycle.next(granted, .claimed(Sample.execution), at: end) == .failure(.tokenExpired))
    }

    @Test func `a request has one consumption key and tokens of five minutes at most`() throws {
        var approved = try Sample.progress(.approved)
        approved.grant = try Sample.grant(txn: "txn-1")
        let other = try Sample.grant(txn: "txn-2")
        #expect(Lifecycle.next(approved, .tokenIssued(other), at: Sample.now) == .failure(.secondTransaction))
        let longest = try Sample.grant(tokenExpiresAt: Sample.now.adding(seconds: 300))
        #expect(try Lifecycle.next(approved, .tokenIssued(longest), at: Sample.now).get().grant == longest)
        let tooLong = try Sample.grant(tokenExpiresAt: Sample.now.adding(milliseconds: 300_001))
        #expect(Lifecycle.next(approved, .tokenIssued(tooLong), at: Sample.now) == .failure(.tokenTooLong))
        let spent = try Sample.grant(tokenExpiresAt: Sample.now)
        #expect(Lifecycle.next(approved, .tokenIssued(spent), at: Sample.now) == .failure(.tokenExpired))
    }

    @Test func `an end is recorded with its reason and no other event's`() throws {
        let (pending, approved) = (try Sample.progress(.pending), try Sample.progress(.approved))
        let executing = try Sample.progress(.executing)
        let stale: Set<EndReason> = [
            .toolChanged, .policyChanged, .factChanged, .taskChanged, .epochChanged, .agentDisabled,
        ]
        for reason in EndReason.allCases {
            let later = pending.expiresAt
            check(
                Lifecycle.next(pending, .expired(reason), at: later), reason, [.requestExpired, .windowClosed])
            check(
                Lifecycle.next(approved, .expired(reason), at: later), reason,
                [.requestExpired, .votesExpired, .windowClosed])
            check(Lifecycle.next(pending, .becameStale(reason), at: Sample.now), reason, stale)
            check(
                Lifecycle.next(approved, .becameStale(reason), at: Sample.now), reason,
                stale.union([.preconditionChanged, .approverChanged]))
            check(
                Lifecycle.next(executing, .failedWithoutEffect(reason), at: Sample.now), reason,
                [.executorReportedFailure, .hadNoEffect])
            check(
                Lifecycle.next(executing, .lost(reason), at: Sample.now), reason,
                [.deadlineMissed, .frozenWhileExecuting, .epochChanged, .outcomeUnknown])
        }
        #expect(try Lifecycle.next(pending, .vetoed, at: Sample.now).get().endReason == .peopleDenied)
        #expect(
            try Lifecycle.next(pending, .cancelled(by: .agent), at: Sample.now).get().endReason == .cancelledByAgent)
        #expect(try Lifecycle.next(executing, .differed, at: Sample.now).get().endReason == .outcomeDiffers)
        #expect(try Lifecycle.next(executing, .completedAsAgreed, at: Sample.now).get().endReason == nil)
    }

    private func check(
        _ result: Result<Progress, WorkflowRefusal>, _ reason: EndReason, _ allowed: Set<EndReason>
    ) {
        if allowed.contains(reason) {
            #expect((try? result.get())?.endReason == reason)
        } else {
            #expect(result == .failure(.reasonDoesNotFit))
        }
    }

    @Test func `a successor is named once, and moves nothing`() throws {
        let stale = try Sample.progress(.stale)
        let named = try Lifecycle.recordSuccessor(of: stale, Sample.request, at: Sample.now).get()
        #expect(named.status == .stale)
        #expect(named.supersededBy == Sample.request)
        #expect(named.revision == stale.revision + 1)
        #expect(Lifecycle.recordSuccessor(of: named, Sample.request, at: Sample.now) == .failure(.alreadySuperseded))
        let pending = try Sample.progress(.pending)
        #expect(Lifecycle.recordSuccessor(of: pending, Sample.request, at: Sample.now) == .failure(.noSuchStep))
        let ended = try Lifecycle.next(pending, .superseded(by: Sample.request), at: Sample.now).get()
        #expect(ended.supersededBy == Sample.request)
        #expect(ended.endReason == .superseded)
    }

    @Test func `no sequence of events leaves a terminal state or skips the claim`() throws {
        let events = try Self.edges().map(\.event) + [.tokenLapsed, .expired(.requestExpired), .expired(.votesExpired)]
        var random = SplitMix(state: 42)
        for _ in 0..<2000 {
            var progress = Lifecycle.opening(.needsPeople, expiresAt: Sample.now.adding(seconds: 600), at: Sample.now)
            var now = Sample.now
            for _ in 0..<40 {
                now = now.adding(seconds: Int64.random(in: 0...20, using: &random))
                guard let event = events.randomElement(using: &random),
                    case .success(let next) = Lifecycle.next(progress, event, at: now)
                else { continue }
                #expect(!progress.status.isTerminal)
                #expect(next.revision == progress.revision + 1)
                #expect(next.expiresAt <= progress.expiresAt)
                if [.completed, .failed, .violated, .unknown].contains(next.status) {
                    #expect(progress.status == .executing)
                }
                if next.status == .executing { #expect(progress.status == .granted && now < progress.expiresAt) }
                progress = next
            }
        }
    }

    @Test func `a revision that cannot grow refuses`() throws {
        var progress = try Sample.progress(.pending)
        progress.revision = .max
        #expect(Lifecycle.next(progress, .vetoed, at: Sample.now) == .failure(.noSuchStep))
    }
}
