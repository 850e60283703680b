import ActionRendering
@testable import ApproverConsole
@testable import AuthorityCore
import CanonicalEncoding
import DomainModel
import Testing

@Suite struct PageModelTests {
    @Test func `whoever may not vote is told why and gets no control`() throws {
        let html = Text(try GoldenPages.html("request-bystander"))
        #expect(!html.contains("id=\"approve\"") && !html.contains("id=\"deny\""))
        #expect(html.contains("You own the agent") && html.contains("separation_of_duties_owner"))
    }

    @Test func `what cannot be shown whole can only be denied`() throws {
        let opaque = Text(String(repeating: "A", count: 40_000))
        let request = Samples.request(7, action: Samples.action(opaque))
        #expect(!request.assessment.isApprovable)
        let decision = try #require(DecisionModel(Samples.page(request)))
        #expect(!decision.mayApprove && !decision.asWhom.contains("You decide"))
        let html = Text(try GoldenPages.html("request-uninspectable"))
        #expect(html.contains("id=\"deny\"") && !html.contains("id=\"approve\"") && !html.contains("id=\"sign\""))
    }

    @Test func `whoever approved can still deny, and not approve again`() throws {
        let decision = try #require(DecisionModel(Samples.page(Samples.request(), standing: .hasApproved)))
        #expect(!decision.mayApprove)
    }

    @Test(arguments: RequestStatus.allCases.filter { !$0.isBeforeClaim })
    func `nothing is left to decide after the claim or the end`(status: RequestStatus) {
        #expect(DecisionModel(Samples.page(Samples.request(8, status: status))) == nil)
    }

    @Test(arguments: RequestStatus.allCases) func `what is over does not read as if it could still run`(
        status: RequestStatus
    ) throws {
        let page = Samples.page(Samples.request(10, status: status))
        let rendering = try Rendering(document: page.request.assessment.rendering)
        let weights = Weights.of(page.request, rendering: rendering).map(\.text)
        #expect(weights.contains { $0.hasPrefix("It can run once") } == !status.isTerminal)
        #expect(weights.contains { $0.hasPrefix("It was to run once") } == status.isTerminal)
        #expect(weights.contains { $0.hasPrefix("An approval is good for") } == !status.isTerminal)
        // Carol's approval counts for something only before it is claimed.
        #expect(RequestStateModel(page).votes.map { $0.validUntil != nil } == [status.isBeforeClaim])
    }

    @Test func `every row of the rendering is on the page, in its order, whole`() throws {
        let request = Samples.request(9, action: Samples.hostileAction, context: Samples.hostileContext)
        let rendering = try Rendering(document: request.assessment.rendering)
        let rows = RenderingSections.of(rendering).flatMap(\.rows)
        let expected = rendering.rows + rendering.facts
        #expect(rows.count == expected.count)
        for row in expected {
            let value = row.value
            #expect(rows.contains { Text($0.lines.map(\.text).joined()) == value && Text($0.label) == row.label })
        }
        let words = RenderingSections.words(of: rendering).flatMap(\.rows)
        #expect(words.count == rendering.untrusted.count && !words.isEmpty)
    }

    @Test func `what the superseded request had is shown beside what differs`() throws {
        let html = Text(try GoldenPages.html("request-superseding"))
        #expect(html.contains("is-changed") && html.contains("Before: "))
    }

    @Test func `an agent that nobody uses, or whose owner is gone, is marked`() {
        let page = AgentsPage(Samples.inventory, viewer: Samples.viewer, now: Samples.now)
        let tags = page.agents.first { $0.id == "nightly-report" }?.tags.map(\.text) ?? []
        #expect(tags == ["frozen", "weak: bearer tokens", "stale", "ends soon"])
    }

    @Test func `controls of administrators are shown to administrators alone`() {
        let pages = try? Pages(assets: LinkedAssets(), origin: "")
        let page = AgentsPage(Samples.inventory, viewer: Samples.onlooker, now: Samples.now)
        let html = Text(pages?.html(page, Pages.Setting(template: "agents", title: "")) ?? "data-kind")
        #expect(!html.contains("data-kind"))
    }

    @Test(
        arguments: [
            (0, "time is up"), (59, "less than a minute left"), (60, "1 min left"), (7199, "119 min left"),
            (7200, "2 h left"),
            (172_800, "2 days left"),
        ] as [(Int64, String)])
    func `time left is said in words`(seconds: Int64, words: String) {
        #expect(Moment.left(until: Samples.now.adding(seconds: seconds), now: Samples.now) == words)
    }

    @Test func `a chart's bars stand on the ground and stay inside`() throws {
        let chart = try #require(Self.volume(Samples.overview.statistics))
        for bar in chart.bars {
            let y = try #require(Double(bar.y)), height = try #require(Double(bar.height))
            #expect(y >= 7.9 && y + height <= 144.1)
        }
        #expect(OverviewCharts.waiting([]) == nil)
    }

    private static func volume(_ statistics: RequestStatistics) -> Chart? {
        OverviewCharts.volume(statistics, since: Samples.overview.since, now: Samples.now)
    }

    @Test func `a day on which nobody asked is a gap in the picture, and not left out`() throws {
        var statistics = Samples.overview.statistics
        statistics.days.removeSubrange(1..<13)
        let chart = try #require(Self.volume(statistics))
        let all = try #require(Self.volume(Samples.overview.statistics))
        #expect(chart.ticks.map(\.label) == all.ticks.map(\.label))
        #expect(chart.bars.first?.x == all.bars.first?.x && chart.bars.last?.x == all.bars.last?.x)
    }

    private static func overview(_ asked: [RequestStatistics.Asked]) -> OverviewPage {
        let statistics = RequestStatistics(
            byStatus: [:], byTier: [.approval: asked.reduce(0) { $0 + $1.total }], decisionMilliseconds: [], days: [],
            asked: asked)
        let overview = Overview(
            since: Samples.overview.since, statistics: statistics, pending: 0, executing: 1000, reviewsOpen: 0,
            oldestPending: nil, frozen: [])
        return OverviewPage(overview, inventory: Samples.inventory, viewer: Samples.onlooker, now: Samples.now)
    }

    @Test func `the overview says which days it counts, and whose requests`() {
        let lede = Self.overview([]).lede
        #expect(lede == "Everybody's requests since 2026-11-08, 00:00 UTC: today and the 13 days before.")
    }

    @Test func `the approval rate is of what people decided, and says of how many`() throws {
        let page = Self.overview([
            .init(tool: "a___b", resource: "r", approved: 8, denied: 1, undecided: 90),
            .init(tool: "a___c", resource: "r", denied: 1),
        ])
        let figure = try #require(page.figures.first { $0.label == "Approved by people" })
        #expect(figure.value == "80 %")
        #expect(figure.remark == "8 of 10 decided; 90 undecided")
        let none = try #require(Self.overview([]).figures.first { $0.label == "Approved by people" })
        #expect(none.value == "–" && none.remark == "people have decided nothing in this time")
    }

    @Test(
        arguments: [
            (5, 0, 0, true), (4, 0, 0, false), (19, 1, 0, true), (18, 1, 0, false), (5, 0, 400, true),
            (0, 0, 50, false),
        ] as [(Int, Int, Int, Bool)])
    func `routine is what people decided five times or more and nearly always approved`(
        approved: Int, denied: Int, undecided: Int, isRoutine: Bool
    ) {
        let page = Self.overview([
            .init(tool: "a___b", resource: "r", approved: approved, denied: denied, undecided: undecided)
        ])
        #expect(page.hasRoutine == isRoutine)
        #expect(page.noRoutine.hasPrefix("Nothing that people decided 5 times or more"))
        #expect(Self.overview([]).noRoutine == "People were asked for nothing in this time.")
    }

    @Test func `a count that the store was not asked to finish is not passed off as one`() throws {
        let running = try #require(Self.overview([]).figures.first { $0.label == "Running now" })
        #expect(running.value == "1000 or more")
    }

    @Test(
        arguments: [
            (.pending, "What happens if this is approved"), (.granted, "What happens when this runs"),
            (.completed, "What was approved"), (.denied, "What was asked for"), (.expired, "What was asked for"),
        ] as [(RequestStatus, String)])
    func `the consequences are those of something to come, or of something decided`(
        status: RequestStatus, question: String
    ) {
        #expect(Headline(Samples.request(8, status: status), now: Samples.now).question == question)
    }

    @Test func `the top of a request's page is another one for every status`() {
        let keys = RequestStatus.allCases.map { Headline(Samples.request(8, status: $0), now: Samples.now).key }
        #expect(Set(keys).count == RequestStatus.allCases.count)
    }

    @Test func `a freeze or another agent makes the agents' page another one, and is said aloud`() {
        func page(_ agents: [Agent], _ freezes: [Freeze]) -> AgentsPage {
            let all = Samples.inventory
            let inventory = Inventory(
                agents: agents, persons: all.persons, passkeyCounts: all.passkeyCounts, memberships: all.memberships,
                tools: all.tools, providers: all.providers, freezes: freezes, policy: all.policy, changes: all.changes)
            return AgentsPage(inventory, viewer: Samples.viewer, now: Samples.now)
        }
        let calm = page([Samples.agent], [])
        let frozen = page([Samples.agent], Samples.inventory.freezes)
        let grown = page(Samples.inventory.agents, [])
        #expect(Set([calm.key, frozen.key, grown.key]).count == 3)
        #expect(calm.key == page([Samples.agent], []).key)
        #expect(frozen.spoken == "1 active agent of 1. Frozen: agent nightly-report.")
    }

    @Test func `a time says its zone, to the second where it is evidence`() {
        let moment = Moment(Samples.now.adding(seconds: 59))
        #expect(moment.text == "2026-11-21 09:00:59 UTC")
        #expect(moment.minute == "2026-11-21 09:00 UTC")
        #expect(moment.day == "2026-11-21")
    }
}
