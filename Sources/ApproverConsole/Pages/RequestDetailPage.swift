import ActionRendering
import AuthorityCore
import CanonicalEncoding
import DomainModel

/// One request: what would happen first, then every value of the action, then the agent's own words, and who decides.
struct RequestDetailPage: Sendable {
    struct Weight: Sendable {
        let text: String
        let isGrave: Bool
    }

    let id: String
    let headline: Headline
    let notices: [Notice]
    let weights: [Weight]
    /// The rendering's rows, the server's facts among them.
    let sections: [RowSection]
    /// What the agent says: fenced off.
    let words: [RowSection]
    let decision: DecisionModel?
    let bystander: BystanderModel?
    let state: RequestStateModel

    init(_ page: RequestPage, rendering: Rendering, now: Timestamp) {
        let request = page.request
        id = request.id.description
        headline = Headline(request, now: now)
        notices = Self.notices(page)
        weights = Weights.of(request, rendering: rendering)
        sections = RenderingSections.of(rendering)
        words = RenderingSections.words(of: rendering)
        decision = DecisionModel(page)
        bystander = decision == nil ? BystanderModel(page) : nil
        state = RequestStateModel(page)
    }

    var tool: String { headline.tool }
    var resource: String { headline.resource }

    private static func notices(_ page: RequestPage) -> [Notice] {
        let request = page.request
        var notices: [Notice] = []
        if let newer = request.progress.supersededBy {
            notices.append(
                Notice(
                    "The agent asked for something else in its place.", .care, href: "/requests/\(newer)",
                    link: "Read the newer request."))
        }
        if let older = request.submission.context.supersedes {
            notices.append(
                Notice(
                    "This request takes the place of an earlier one. What differs is marked below.", .care,
                    href: "/requests/\(older)", link: "Read the earlier request."))
        }
        if !request.assessment.isApprovable {
            notices.append(
                Notice(
                    "Nobody can approve this: a part of it cannot be shown whole. It can only be denied, or asked for again in a form that can be read.",
                    .stop))
        }
        return notices
    }
}

/// What is asked, in one glance.
struct Headline: Sendable {
    /// Changes when a part of it does that moves after the page was made.
    let key: String
    let tool: String
    let resource: String
    let status: Tag
    let until: Moment?
    /// Said aloud when the state changes under the reader.
    let spoken: String
    /// What the consequences below it are: of something to come, or of something decided.
    let question: String
    let lede: String
    let isGrave: Bool

    init(_ request: ApprovalRequest, now: Timestamp) {
        let action = request.submission.action
        tool = "\(action.tool.server) · \(action.tool.name)"
        resource = "\(action.resource.id)"
        status = Wording.tag(request.progress.status)
        until = request.progress.status.isTerminal ? nil : Moment(request.progress.expiresAt, now: now)
        spoken = "\(status.text): \(Wording.line(request.progress))"
        question = Wording.question(request.progress.status)
        key = PageKey.of([status.text, request.progress.expiresAt.rfc3339, request.progress.endReason?.rawValue ?? ""])
        lede = "\(request.submission.agent) asks for this in environment \(action.environment)."
        isGrave = request.assessment.tier == .approval || request.assessment.tier == .deny
    }
}

/// What approving would set off, consequences first.
enum Weights {
    static func of(_ request: ApprovalRequest, rendering: Rendering) -> [RequestDetailPage.Weight] {
        var weights = rendering.marks.compactMap(weight(of:))
        for reason in request.assessment.reasons {
            weights.append(.init(text: "\(reason.text) (policy \(reason.policy))", isGrave: false))
        }
        let deadline = Moment.length(seconds: request.submission.action.deadlineSeconds)
        // Nothing that is over may read as if it could still run.
        if request.progress.status.isTerminal {
            weights.append(
                .init(text: "It was to run once, and to end within \(deadline) of its start.", isGrave: false))
            return weights
        }
        weights.append(
            .init(text: "It can run once, and must end within \(deadline) of its start.", isGrave: false))
        if let requirement = request.assessment.requirement {
            let validity = Moment.length(seconds: requirement.voteSeconds)
            weights.append(.init(text: "An approval is good for \(validity); then it is void.", isGrave: false))
        }
        return weights
    }

    private static func weight(of mark: RiskMark) -> RequestDetailPage.Weight? {
        switch mark {
        case .destructive: .init(text: "It can destroy or overwrite what is there.", isGrave: true)
        case .leavesTheOrganisation: .init(text: "Its effect can leave the organisation.", isGrave: true)
        case .uninspectable: .init(text: "A part of it is too large or too opaque to be read.", isGrave: true)
        case .suspiciousText:
            .init(text: "Some of its text looks like something else than it is; see the marks below.", isGrave: true)
        case .readOnly: .init(text: "The tool says of itself that it only reads.", isGrave: false)
        }
    }
}

/// The rendering, laid out under headings.
enum RenderingSections {
    static func of(_ rendering: Rendering) -> [RowSection] {
        let changes = Dictionary(rendering.changes.map { ($0.path, $0) }, uniquingKeysWith: { first, _ in first })
        var sections: [RowSection] = []
        for section in RenderingRow.Section.allCases {
            var rows = (rendering.rows + rendering.facts).filter { $0.section == section }
                .map { row in RowModel(row, change: row.path.flatMap { changes[$0] }) }
            if section == .arguments {
                rows += rendering.changes.filter { $0.after == nil }.map(RowModel.init(gone:))
            }
            guard !rows.isEmpty else { continue }
            let (title, remark) = heading(section)
            sections.append(RowSection(title: title, remark: remark, isDense: section == .consequences, rows: rows))
        }
        return sections
    }

    static func words(of rendering: Rendering) -> [RowSection] {
        guard !rendering.untrusted.isEmpty else { return [] }
        return [
            RowSection(
                title: "The agent says", remark: "Unverified. Nobody checked it, and none of it is part of what runs.",
                rows: rendering.untrusted.map(RowModel.init))
        ]
    }

    private static func heading(_ section: RenderingRow.Section) -> (title: String, remark: String) {
        switch section {
        case .consequences: ("What and where", "From the registry")
        case .arguments: ("Exactly this", "Every value, nothing cut")
        case .preconditions: ("Must still be so when it runs", "Read again before it runs")
        case .expectations: ("Expected outcome", "Compared when it is done")
        case .limits: ("Limits", "")
        case .facts: ("What the server knows", "Not from the agent")
        }
    }
}
