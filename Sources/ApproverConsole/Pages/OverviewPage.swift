import AuthorityCore
import CanonicalEncoding
import DomainModel

/// Volume, waiting, approval rate, and what people are asked too often.
struct OverviewPage: Sendable {
    struct Figure: Sendable {
        let label: String
        let value: String
        let remark: String
    }

    let lede: String
    let notices: [Notice]
    let figures: [Figure]
    let volume: Chart?
    let waiting: Chart?
    let routine: [RoutineModel]
    let hasRoutine: Bool
    let freezes: FreezeModel
    let mayAdminister: Bool

    init(_ overview: Overview, inventory: Inventory, recent: [ApprovalRequest], viewer: Viewer, now: Timestamp) {
        let statistics = overview.statistics
        let days = max(1, statistics.days.count)
        lede = days == 1 ? "Today." : "The last \(days) days."
        notices =
            overview.frozen.map { Notice("Frozen: \(FreezeModel.label($0.scope)).", .stop) }
            + [PolicyErrorRow.notice(overview.policyErrors, href: "/policy#errors")].compactMap(\.self)
        let asked = statistics.byTier[.approval] ?? 0
        let total = statistics.byTier.values.reduce(0, +)
        let seconds = statistics.decisionMilliseconds.map { $0 / 1000 }.sorted()
        figures = [
            Figure(
                label: "Waiting now", value: "\(overview.pending)",
                remark: overview.oldestPending.map { "oldest since \(Moment($0).text)" } ?? "nobody is kept waiting"),
            Figure(label: "Running now", value: "\(overview.executing)", remark: ""),
            Figure(label: "Reviews open", value: "\(overview.reviewsOpen)", remark: "executions to look at"),
            Figure(
                label: "Asked of people", value: Self.percent(asked, of: total),
                remark: "\(asked) of \(total) requests; policy decided the rest"),
            Figure(
                label: "Approved", value: Self.approvalRate(recent),
                remark: "of what people decided; always yes is a sign that nobody reads"),
            Figure(
                label: "Typical wait",
                value: seconds.isEmpty ? "–" : Moment.length(seconds: seconds[seconds.count / 2]),
                remark: "half are decided faster"),
        ]
        volume = OverviewCharts.volume(statistics)
        waiting = OverviewCharts.waiting(seconds)
        routine = RoutineModel.of(recent)
        hasRoutine = !routine.isEmpty
        freezes = FreezeModel(inventory: inventory, viewer: viewer)
        mayAdminister = viewer.isAdministrator
    }

    private static func percent(_ part: Int, of whole: Int) -> String {
        whole == 0 ? "–" : "\(part * 100 / whole) %"
    }

    private static func approvalRate(_ requests: [ApprovalRequest]) -> String {
        let decided = requests.filter { $0.assessment.requirement != nil }
        let denied = decided.filter { $0.progress.endReason == .peopleDenied }.count
        let approved = decided.filter(RoutineModel.wasApproved).count
        return percent(approved, of: approved + denied)
    }
}

/// An action that is asked for often and always approved: policy should decide it, or somebody should read closer.
struct RoutineModel: Sendable {
    let what: String
    let asked: String
    let approved: String
    let advice: String

    /// Fewer than this many are no routine.
    static let least = 5

    static func of(_ requests: [ApprovalRequest]) -> [RoutineModel] {
        let asked = requests.filter { $0.assessment.requirement != nil }
        let groups = Dictionary(grouping: asked) { request in
            let action = request.submission.action
            return Text("\(action.tool.qualifiedName) on \(action.resource.id)")
        }
        return groups.filter { $0.value.count >= least }.sorted { $0.value.count > $1.value.count }
            .compactMap { what, requests in
                let approved = requests.filter(wasApproved).count
                guard approved * 100 >= requests.count * 95 else { return nil }
                return RoutineModel(
                    what: shown(what), asked: "\(requests.count)", approved: "\(approved)",
                    advice: "Let policy allow it and review it afterwards, or narrow what is asked.")
            }
    }

    static func wasApproved(_ request: ApprovalRequest) -> Bool {
        switch request.progress.status {
        case .approved, .granted, .executing, .completed, .failed, .violated, .unknown: true
        case .pending, .denied, .cancelled, .expired, .stale: false
        }
    }
}

/// The overview's pictures.
enum OverviewCharts {
    private static let tiers: [(tier: Tier, label: String)] = [
        (.auto, "routine"), (.review, "reviewed afterwards"), (.approval, "asked of people"), (.deny, "forbidden"),
    ]

    static func volume(_ statistics: RequestStatistics) -> Chart? {
        let columns = statistics.days.map { day in
            // 2026-11-21T… → 11-21
            let label = String(decoding: day.start.rfc3339.utf8.dropFirst(5).prefix(5), as: UTF8.self)
            return Chart.Column(
                label: label, parts: tiers.map { ($0.tier.rawValue, day.byTier[$0.tier] ?? 0) })
        }
        let totals = tiers.map { "\(statistics.byTier[$0.tier] ?? 0) \($0.label)" }
        return Chart(
            columns, spoken: "Requests a day: \(Wording.list(totals)).",
            legend: tiers.map { Chart.Legend(series: $0.tier.rawValue, label: $0.label) })
    }

    private static let bounds: [(below: Int64, label: String)] = [
        (10, "10 s"), (30, "30 s"), (60, "1 min"), (300, "5 min"), (900, "15 min"), (3600, "1 h"), (.max, "more"),
    ]

    /// `seconds` in ascending order.
    static func waiting(_ seconds: [Int64]) -> Chart? {
        var lower: Int64 = 0
        let columns = bounds.map { bound in
            let count = seconds.count { $0 >= lower && $0 < bound.below }
            lower = bound.below
            return Chart.Column(label: bound.label, parts: [("approval", count)])
        }
        let quick = seconds.count { $0 < 10 }
        let remark =
            quick * 2 > seconds.count && seconds.count >= 10
            ? "More than half took less than ten seconds: too little to read anything."
            : "From the request to the last decision; the label is the upper bound."
        let parts = columns.map { "\($0.total) up to \($0.label)" }
        return Chart(columns, spoken: "Time to decision: \(Wording.list(parts)).", remark: remark)
    }
}
