import ActionRendering
import AuthorityCore
import CanonicalEncoding
import DomainModel

/// A request as one line of a list.
struct QueueItem: Sendable {
    let href: String
    let tool: String
    let resource: String
    /// The first of its arguments, so that requests of one tool can be told apart.
    let summary: String?
    let tags: [Tag]
    let line: String
    let isSoon: Bool
    /// The deadline, where the request still waits.
    let until: Moment?
    /// When it last moved, where it does not.
    let since: Moment?

    init(_ request: ApprovalRequest, tags: [Tag], line: String, now: Timestamp) {
        let action = request.submission.action
        href = "/requests/\(request.id)"
        tool = "\(action.tool.server) · \(action.tool.name)"
        resource = "\(action.resource.id)"
        summary = Self.summary(of: request)
        self.tags = tags
        self.line = line
        let expiresAt = request.progress.expiresAt
        let waits = request.progress.status == .pending
        isSoon = waits && expiresAt < now.adding(seconds: 300)
        until = waits ? Moment(expiresAt, now: now) : nil
        since = waits ? nil : Moment(request.progress.updatedAt)
    }
}

extension QueueItem {
    /// Display-safe as the rendering has it; what is longer is said to be.
    static func summary(of request: ApprovalRequest) -> String? {
        let rendering = try? request.assessment.rendering.json(limits: Rendering.readingLimits)
        let row = rendering?["rows"]?.arrayValue?.first { $0["section"] == "arguments" }
        guard let value = row?["value"]?.textValue else { return nil }
        let limit = 160
        guard value.utf8.count > limit else { return value.string }
        return String(value.string.unicodeScalars.prefix(limit)) + " … (longer: open it to read it whole)"
    }
}

/// What waits for somebody.
struct InboxPage: Sendable {
    /// Changes whenever the list does: a live page replaces itself only then.
    let key: String
    let count: String
    let items: [QueueItem]

    init(_ items: [InboxItem], now: Timestamp) {
        key = PageKey.of(
            items.map { "\($0.request.id) \($0.request.progress.revision) \($0.tallies.map(\.approved))" })
        let open = items.filter { if case .mayVote = $0.standing { true } else { false } }
        count =
            items.isEmpty
            ? "Nothing waits for you."
            : Wording.count(open.count, "request waits", "requests wait") + " for your decision."
        self.items = items.map { QueueItem(inbox: $0, now: now) }
    }
}

extension QueueItem {
    init(inbox item: InboxItem, now: Timestamp) {
        let request = item.request
        var tags: [Tag] = [Tag(request.submission.action.environment.string)]
        if !request.assessment.isApprovable { tags.append(Tag("cannot be shown whole", .stop)) }
        switch item.standing {
        case .mayVote: break
        case .hasApproved: tags.append(Tag("you approved", .good))
        case .mayDeny: tags.append(Tag("yours to deny only", .care))
        case .mayNot: tags.append(Tag("not for you to decide", .care))
        }
        let tallies = item.tallies.map { "\($0.group) \($0.approved) of \($0.quorum)" }
        let reasons = request.assessment.reasons.map(\.text.string)
        let asks = "\(request.submission.agent) asks"
        self.init(
            request, tags: tags, line: ([asks] + tallies + reasons).joined(separator: " · "), now: now)
    }

    init(listed request: ApprovalRequest, now: Timestamp) {
        let progress = request.progress
        var line = "\(request.submission.agent)"
        if let reason = progress.endReason { line += " · \(Wording.sentence(reason))" }
        self.init(
            request,
            tags: [
                Wording.tag(progress.status), Wording.tag(request.assessment.tier),
                Tag(request.submission.action.environment.string),
            ], line: line, now: now)
    }
}

/// All requests that somebody may see.
struct RequestsPage: Sendable {
    struct Filter: Sendable {
        let href: String
        let label: String
        let isHere: Bool
    }

    let filters: [Filter]
    let items: [QueueItem]
    /// The address of the next page, where there may be one.
    let older: String?

    /// Words of the `show` parameter, and the statuses that they stand for.
    static let filters: [(word: StaticString, label: StaticString, statuses: Set<RequestStatus>?)] = [
        ("all", "All", nil),
        ("open", "Open", [.pending, .approved, .granted, .executing]),
        ("done", "Completed", [.completed]),
        ("refused", "Refused", [.denied, .cancelled, .expired, .stale]),
        ("trouble", "Trouble", [.failed, .violated, .unknown]),
    ]

    init(_ requests: [ApprovalRequest], show: Text, pageSize: Int, now: Timestamp) {
        filters = Self.filters.map { filter in
            Filter(
                href: "/requests?show=\(filter.word)", label: "\(filter.label)",
                isHere: Text(filter.word.description) == show)
        }
        items = requests.map { QueueItem(listed: $0, now: now) }
        older = requests.count < pageSize ? nil : requests.last.map { "/requests?show=\(show)&before=\($0.id)" }
    }
}

/// A word that differs when what it is made of differs.
enum PageKey {
    static func of(_ parts: [String]) -> String {
        let digest = Digest(sha256: parts.joined(separator: "\n").utf8)
        return Base64URL.encode(digest.bytes.prefix(12))
    }
}
