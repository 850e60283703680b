import CanonicalEncoding
import DomainModel

/// S1 to S3, S8 and S13: what ran was allowed when it was claimed, ran once, and by whom it might.
struct ExecutionCheck {
    var store: RecordedStore
    var entries: [Text: [RecordedStore.Entry]]
    var now: Timestamp

    func run(_ findings: inout Findings) {
        let requests = Dictionary(store.requests.map { ($0.id, $0) }) { first, _ in first }
        for (request, executions) in Dictionary(grouping: store.executions, by: \.request) where executions.count > 1 {
            findings.broken("S2", request, "was executed \(executions.count) times")
        }
        for execution in store.executions {
            guard let request = requests[execution.request] else {
                findings.broken("S2", execution.id, "belongs to a request that is not there")
                continue
            }
            checkIdentity(execution, request, &findings)
            checkTimes(execution, request, &findings)
            checkQuorum(execution, request, &findings)
            checkReview(execution, request, &findings)
        }
        let executed = Set(store.executions.map(\.request))
        for request in store.requests where Self.ran.contains(request.progress.status) {
            findings.expect(executed.contains(request.id), "S2", request.id, "ran, but has no execution")
        }
    }

    private static let ran: Set<RequestStatus> = [.executing, .completed, .failed, .violated, .unknown]

    private func checkIdentity(
        _ execution: Execution, _ request: RecordedStore.Request, _ findings: inout Findings
    ) {
        findings.expect(
            execution.digest == request.submission.digest, "S1", execution.id, "ran something else than was asked for")
        findings.expect(
            request.progress.execution == execution.id, "S2", execution.id,
            "is not the execution that its request names")
        findings.expect(
            request.progress.status.rawValue == execution.status.rawValue, "S13", execution.id,
            "is \(execution.status.rawValue), and its request is \(request.progress.status.rawValue)")
        findings.expect(
            request.progress.grant?.audience == execution.executor, "S8", execution.id,
            "was claimed by somebody else than the token's audience")
        findings.expect(
            request.assessment.tier != .deny, "S4", execution.id, "ran although policy forbade it")
    }

    private func checkTimes(
        _ execution: Execution, _ request: RecordedStore.Request, _ findings: inout Findings
    ) {
        let claimed = execution.claimedAt
        if let grant = request.progress.grant {
            findings.expect(
                claimed < grant.tokenExpiresAt, "S3", execution.id, "was claimed with a token that had expired")
        }
        let claimEntry = entries[request.id.text]?.first { $0.body?["status"]?.stringValue == "executing" }
        let expiry = claimEntry?.body?["expires_at"]?.stringValue.flatMap { Timestamp(rfc3339: $0) }
        findings.expect(
            expiry.map { claimed < $0 } ?? false, "S3", execution.id, "was claimed after its request had expired")
        if let window = request.submission.context.window {
            findings.expect(
                window.from <= claimed && claimed < window.until, "S3", execution.id, "was claimed outside its window")
        }
        findings.expect(
            execution.deadline == claimed.adding(seconds: request.submission.action.deadlineSeconds), "S3",
            execution.id,
            "has another deadline than was shown")
        if let completion = execution.completion {
            findings.expect(completion.at <= execution.deadline, "S13", execution.id, "ended after its deadline")
        } else if execution.status != .executing {
            findings.expect(execution.status == .unknown, "S13", execution.id, "ended without a completion")
        }
        if execution.status == .executing, execution.deadline.adding(seconds: 60) < now {
            findings.warn("S13", execution.id, "is past its deadline and not yet unknown: is the server running?")
        }
    }

    private func checkReview(
        _ execution: Execution, _ request: RecordedStore.Request, _ findings: inout Findings
    ) {
        let causes = store.reviews.filter { $0.execution == execution.id.text.string }.map(\.cause)
        let isDue: Bool =
            switch execution.status {
            case .violated, .unknown: true
            case .completed, .failed: request.assessment.tier == .review || execution.aftermath.isReviewed
            case .executing: false
            }
        findings.expect(!isDue || !causes.isEmpty, "S13", execution.id, "has to be looked at, but no review is open")
    }

    /// Distinct people fill the groups, each one seat, with votes that stood when it was claimed.
    private func checkQuorum(
        _ execution: Execution, _ request: RecordedStore.Request, _ findings: inout Findings
    ) {
        guard let requirement = request.assessment.requirement else { return }
        let standing = store.votes.filter { vote in
            vote.request == request.id && vote.decision == .approve && vote.castAt <= execution.claimedAt
                && execution.claimedAt < vote.expiresAt && vote.assurance >= requirement.assurance
                && vote.withdrawnAt.map { $0 > execution.claimedAt } ?? true
        }
        let people = Set(standing.map(\.person))
        let vetoes = store.votes.filter {
            $0.request == request.id && $0.decision == .deny && $0.castAt < execution.claimedAt
        }
        findings.expect(vetoes.isEmpty, "S5", execution.id, "was claimed after a veto")
        let needed = requirement.groups.reduce(0) { $0 + Int($1.quorum) }
        guard people.count >= needed else {
            findings.broken("S1", execution.id, "was approved by \(people.count) people, and \(needed) are needed")
            return
        }
        guard !Seats(requirement, people, store.memberships, before: request.createdAt).areFilled else { return }
        // Only the current memberships are stored: once somebody was removed, they do not tell who sat where.
        let isUnclear = store.entries.contains { $0.kind == "membership.removed" }
        if isUnclear {
            findings.warn(
                "S1", execution.id, "its approvers are not in the groups today; memberships have changed since")
        } else {
            findings.broken("S1", execution.id, "its approvers do not fill the groups that policy named")
        }
    }
}

/// Whether people can be seated so that every group reaches its quorum and nobody sits twice.
struct Seats {
    private var seats: [GroupID]
    private var groupsOf: [PersonID: Set<GroupID>]

    init(
        _ requirement: ApprovalRequirement, _ people: Set<PersonID>, _ memberships: [Membership], before time: Timestamp
    ) {
        seats = requirement.groups.flatMap { group in Array(repeating: group.name, count: Int(group.quorum)) }
        groupsOf = [:]
        for membership in memberships where membership.addedAt <= time {
            guard case .person(let person) = membership.member, people.contains(person) else { continue }
            groupsOf[person, default: []].insert(membership.group)
        }
    }

    /// Augmenting paths: small numbers, but a greedy choice can be wrong.
    var areFilled: Bool {
        var holder: [Int: PersonID] = [:]
        for person in groupsOf.keys.sorted() {
            var visited: Set<Int> = []
            _ = seat(person, &holder, &visited)
        }
        return holder.count == seats.count
    }

    private func seat(_ person: PersonID, _ holder: inout [Int: PersonID], _ visited: inout Set<Int>) -> Bool {
        for index in seats.indices where groupsOf[person]?.contains(seats[index]) == true {
            guard visited.insert(index).inserted else { continue }
            guard let present = holder[index] else {
                holder[index] = person
                return true
            }
            if seat(present, &holder, &visited) {
                holder[index] = person
                return true
            }
        }
        return false
    }
}
