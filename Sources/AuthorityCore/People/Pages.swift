import ApprovalWorkflow
import AuthorityPorts
package import CanonicalEncoding
package import DomainModel
import TransparencyLog

/// What a viewer can do about a request, said plainly.
package enum VoterStanding: Sendable, Hashable {
    /// May approve, and would fill one of these groups.
    case mayVote(groups: [GroupID])
    /// Has approved; may still deny until the claim.
    case hasApproved
    /// Stands too close to approve, or came too late, but may veto: why not approve, as below.
    case mayDeny(reason: Text, explanation: String)
    /// A stable code and one sentence.
    case mayNot(reason: Text, explanation: String)
}

/// How far a group has come.
package struct GroupTally: Sendable, Hashable {
    package let group: GroupID
    package let approved: Int64
    package let quorum: Int64
}

/// One row of the inbox: a request, and what this person may do about it.
package struct InboxItem: Sendable {
    package let request: ApprovalRequest
    package let standing: VoterStanding
    package let tallies: [GroupTally]
}

/// A vote as people see it, with the name of whoever cast it.
package struct VoteView: Sendable {
    package let person: PersonID
    package let name: Text
    package let decision: Decision
    package let castAt: Timestamp
    package let expiresAt: Timestamp
    package let isWithdrawn: Bool
}

/// One line of what happened, with its place in the log.
package struct TimelineEntry: Sendable {
    package let index: Int64
    package let kind: Text
    package let at: Timestamp
    package let body: JSONObject
}

/// Everything that a request's page shows.
package struct RequestPage: Sendable {
    package let request: ApprovalRequest
    package let votes: [VoteView]
    package let tallies: [GroupTally]
    package let standing: VoterStanding
    package let execution: Execution?
    package let timeline: [TimelineEntry]
}

/// What waits for this person, the oldest deadline first.
package struct ReadInbox: Sendable {
    /// More than anybody reads at once; the next ones come up as these are decided.
    static let greatestCount = 200

    let authority: Authority

    package init(_ authority: Authority) {
        self.authority = authority
    }

    package func run(_ viewer: Viewer) async throws(AuthorityError) -> [InboxItem] {
        let authority = authority
        return try await authority.read { reader in
            var items: [InboxItem] = []
            // One after another, so that what this person does not see costs no place on the page and no memory.
            for id in try reader.pendingRequests() where items.count < Self.greatestCount {
                do {
                    guard let request = try reader.request(id), viewer.sees(request) else { continue }
                    let voting = try VotingState(request, viewer: viewer, authority: authority, reader: reader)
                    items.append(InboxItem(request: request, standing: voting.standing, tallies: voting.tallies))
                } catch StoreError.damaged {
                    // What cannot be read hides no other request; its own page says that it is damaged.
                    continue
                }
            }
            return items
        }
    }
}

/// Requests of all kinds, newest first, as far as the viewer may see them.
package struct ReadRequests: Sendable {
    let authority: Authority

    package init(_ authority: Authority) {
        self.authority = authority
    }

    /// `before` pages backwards; `limit` is cut to 1…200.
    package func run(
        _ viewer: Viewer, statuses: Set<RequestStatus>? = nil, agent: Text? = nil, before: Text? = nil, limit: Int = 50
    ) async throws(AuthorityError) -> [ApprovalRequest] {
        let filter = RequestFilter(
            statuses: statuses, agent: agent.flatMap(AgentID.init), before: before.flatMap(RequestID.init),
            limit: min(max(limit, 1), 200))
        return try await authority.read { try $0.requests(filter).filter(viewer.sees) }
    }
}

/// Everything that the request's page shows.
package struct ReadRequestPage: Sendable {
    let authority: Authority

    package init(_ authority: Authority) {
        self.authority = authority
    }

    package func run(_ viewer: Viewer, id: Text) async throws(AuthorityError) -> RequestPage {
        guard let id = RequestID(id) else { throw .notFound("no handle of a request") }
        let authority = authority
        return try await authority.read { reader in
            guard let request = try reader.request(id), viewer.sees(request) else {
                throw AuthorityError.notFound("\(id) is not for \(viewer.person.id) or not there")
            }
            let voting = try VotingState(request, viewer: viewer, authority: authority, reader: reader)
            return RequestPage(
                request: request, votes: try Self.votes(on: request, reader: reader), tallies: voting.tallies,
                standing: voting.standing, execution: try request.progress.execution.flatMap(reader.execution),
                timeline: try Self.timeline(of: request, reader: reader))
        }
    }

    private static func votes(on request: ApprovalRequest, reader: any StoreReader) throws -> [VoteView] {
        try reader.votes(on: request.id).map { vote in
            VoteView(
                person: vote.person, name: try reader.person(vote.person)?.name ?? vote.person.text,
                decision: vote.decision, castAt: vote.castAt, expiresAt: vote.expiresAt,
                isWithdrawn: vote.withdrawnAt != nil)
        }
    }

    private static func timeline(of request: ApprovalRequest, reader: any StoreReader) throws -> [TimelineEntry] {
        var subjects = [request.id.text]
        if let execution = request.progress.execution { subjects.append(execution.text) }
        // Somebody whose vote lapsed and who voted again has several entries under one subject.
        subjects += Set(
            try reader.votes(on: request.id).map {
                Text("vote:\($0.request.text):\($0.person.text):\($0.decision.rawValue)")
            }
        ).sorted()
        return try subjects.flatMap { try reader.logEntries(subject: $0) }.map(TimelineEntry.init)
            .sorted { $0.index < $1.index }
    }
}

extension TimelineEntry {
    init(_ stored: StoredLogEntry) throws {
        let json = try JSONReader.read(stored.bytes, limits: .stored)
        guard let kind = json["kind"]?.textValue, let body = json["body"]?.objectValue,
            let at = json["at"]?.stringValue.flatMap(Timestamp.init(rfc3339:))
        else { throw StoreError.damaged("log entry \(stored.index) does not parse") }
        self.init(index: stored.index, kind: kind, at: at, body: body)
    }
}

/// Tallies and the viewer's own standing, for pages.
private struct VotingState {
    let tallies: [GroupTally]
    let standing: VoterStanding

    init(
        _ request: ApprovalRequest, viewer: Viewer, authority: Authority, reader: any StoreReader
    ) throws {
        guard let requirement = request.assessment.requirement else {
            tallies = []
            standing = .mayNot(reason: "decided_by_policy", explanation: "Policy decided this; nobody is asked.")
            return
        }
        let result = try Approvals(of: request, requirement: requirement, reader: reader, at: authority.now).result
        tallies = result.perGroup.map { GroupTally(group: $0.group, approved: $0.count, quorum: $0.quorum) }
        let ballot = try Ballot(request.id, viewer.person.id, authority: authority, reader: reader)
        if ballot.hasApproved(at: authority.now) {
            standing = .hasApproved
        } else {
            switch ballot.standing {
            case .success(let groups): standing = .mayVote(groups: groups)
            case .failure(let refusal):
                let (reason, explanation) = (Text(refusal.code), refusal.explanation)
                standing =
                    ballot.vetoRefusal == nil
                    ? .mayDeny(reason: reason, explanation: explanation)
                    : .mayNot(reason: reason, explanation: explanation)
            }
        }
    }
}
