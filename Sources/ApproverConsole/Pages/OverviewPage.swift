import AuthorityCore
import CanonicalEncoding
import DomainModel

/// Volume, waiting, approval rate, and what people are asked too often: all of one period, counted by the store.
struct OverviewPage: Sendable {
    struct Figure: Sendable {
        let label: String
        let value: String
        let remark: String
    }

    /// Changes when a figure does.
    let key: String
    /// Said aloud when it changed under the reader.
    let spoken: String
    let lede: String
    let notices: [Notice]
    let figures: [Figure]
    let volume: Chart?
    let waiting: Chart?
    let routine: [RoutineModel]
    let hasRoutine: Bool
    /// Why there is no routine.
    let noRoutine: String
    let freezes: FreezeModel
    let mayAdminister: Bool

    init(_ overview: Overview, inventory: Inventory, viewer: Viewer, now: Timestamp) {
        let statistics = overview.statistics
        lede =
            "Everybody's requests since \(Moment(overview.since).day), 00:00 UTC: today and the \(Self.daysBefore(overview, now: now)) days before."
        notices =
            overview.frozen.map { Notice("Frozen: \(FreezeModel.label($0.scope)).", .stop) }
            + [PolicyErrorRow.notice(overview.policyErrors, href: "/policy#errors")].compactMap(\.self)
        let seconds = statistics.decisionMilliseconds.map { $0 / 1000 }.sorted()
        figures =
            Self.standing(overview) + [
                Self.share(statistics), Self.approvalRate(statistics.asked), Self.typicalWait(seconds),
            ]
        volume = OverviewCharts.volume(statistics, since: overview.since, now: now)
        waiting = OverviewCharts.waiting(seconds)
        routine = RoutineModel.of(statistics.asked)
        hasRoutine = !routine.isEmpty
        noRoutine = RoutineModel.absence(statistics.asked)
        freezes = FreezeModel(inventory: inventory, viewer: viewer)
        mayAdminister = viewer.isAdministrator
        spoken = "\(Wording.count(overview.pending, "request waits", "requests wait")). \(freezes.spoken)"
        key = PageKey.of(
            [freezes.key] + figures.map { "\($0.value) \($0.remark)" }
                + statistics.days.map { "\($0.start.rfc3339) \($0.byTier.values.reduce(0, +))" }
                + statistics.asked.map { "\($0.tool) \($0.resource) \($0.approved) \($0.denied) \($0.undecided)" })
    }

    private static func daysBefore(_ overview: Overview, now: Timestamp) -> Int64 {
        max(0, now.milliseconds - overview.since.milliseconds) / 86_400_000
    }

    private static func standing(_ overview: Overview) -> [Figure] {
        [
            Figure(
                label: "Waiting now", value: "\(overview.pending)",
                remark: overview.oldestPending.map { "the oldest since \(Moment($0).minute)" }
                    ?? "nobody is kept waiting"),
            Figure(label: "Running now", value: atMost(overview.executing), remark: "claimed and not yet reported"),
            Figure(label: "Reviews open", value: atMost(overview.reviewsOpen), remark: "executions to look at"),
        ]
    }

    /// The store is asked for a thousand of these and no more.
    private static func atMost(_ count: Int) -> String { count < 1000 ? "\(count)" : "1000 or more" }

    private static func share(_ statistics: RequestStatistics) -> Figure {
        let asked = statistics.byTier[.approval] ?? 0
        let total = statistics.byTier.values.reduce(0, +)
        return Figure(
            label: "Asked of people", value: percent(asked, of: total),
            remark: total == 0 ? "no requests in this time" : "\(asked) of \(total) requests; policy decided the rest")
    }

    private static func approvalRate(_ asked: [RequestStatistics.Asked]) -> Figure {
        let approved = asked.reduce(0) { $0 + $1.approved }
        let decided = approved + asked.reduce(0) { $0 + $1.denied }
        let undecided = asked.reduce(0) { $0 + $1.undecided }
        let remark =
            decided == 0
            ? "people have decided nothing in this time"
            : "\(approved) of \(decided) decided; \(undecided) undecided"
        return Figure(label: "Approved by people", value: percent(approved, of: decided), remark: remark)
    }

    private static func typicalWait(_ seconds: [Int64]) -> Figure {
        let remark =
            switch seconds.count {
            case 0: "people have decided nothing in this time"
            case 500...: "half of the newest 500 decisions took less"
            default: "half of \(Wording.count(seconds.count, "decision", "decisions")) took less"
            }
        return Figure(
            label: "Typical wait", value: seconds.isEmpty ? "–" : Moment.length(seconds: seconds[seconds.count / 2]),
            remark: remark)
    }

    private static func percent(_ part: Int, of whole: Int) -> String {
        whole == 0 ? "–" : "\(part * 100 / whole) %"
    }
}

/// An action that is asked for often and nearly always approved: policy should decide it, or somebody should read closer.
struct RoutineModel: Sendable {
    let what: String
    let asked: String
    let approved: String
    let denied: String
    let advice: String

    /// Fewer decisions than this are no routine.
    static let least = 5
    /// In a hundred.
    static let nearlyAlways = 95

    static func of(_ asked: [RequestStatistics.Asked]) -> [RoutineModel] {
        asked.filter(isRoutine).map { kind in
            RoutineModel(
                what: shown("\(kind.tool) on \(kind.resource)"), asked: "\(kind.total)", approved: "\(kind.approved)",
                denied: "\(kind.denied)",
                advice: "Let policy allow it and review it afterwards, or narrow what is asked.")
        }
    }

    private static func isRoutine(_ kind: RequestStatistics.Asked) -> Bool {
        let decided = kind.approved + kind.denied
        return decided >= least && kind.approved * 100 >= decided * nearlyAlways
    }

    static func absence(_ asked: [RequestStatistics.Asked]) -> String {
        asked.isEmpty
            ? "People were asked for nothing in this time."
            : "Nothing that people decided \(least) times or more was approved nearly always. That is how it should be: people are for exceptions."
    }
}

/// The overview's pictures.
enum OverviewCharts {
    private static let tiers: [(tier: Tier, label: String)] = [
        (.auto, "routine"), (.review, "reviewed afterwards"), (.approval, "asked of people"), (.deny, "forbidden"),
    ]

    /// A column for every day of the period: one on which nobody asked is a gap, and not left out.
    static func volume(_ statistics: RequestStatistics, since: Timestamp, now: Timestamp) -> Chart? {
        let day: Int64 = 86_400
        let counted = Dictionary(
            statistics.days.map { ($0.start.seconds / day, $0.byTier) }, uniquingKeysWith: { first, _ in first })
        let columns = (since.seconds / day...max(since.seconds, now.seconds) / day).map { number in
            // 2026-11-21 → 11-21
            let label = String(Moment(Timestamp(seconds: number * day)).day.dropFirst(5))
            let byTier = counted[number] ?? [:]
            return Chart.Column(label: label, parts: tiers.map { ($0.tier.rawValue, byTier[$0.tier] ?? 0) })
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
