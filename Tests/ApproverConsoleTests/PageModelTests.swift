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
        #expect(!decision.mayApprove)
    }

    @Test func `whoever approved can still deny, and not approve again`() throws {
        let decision = try #require(DecisionModel(Samples.page(Samples.request(), standing: .hasApproved)))
        #expect(!decision.mayApprove)
    }

    @Test(arguments: RequestStatus.allCases.filter { !$0.isBeforeClaim })
    func `nothing is left to decide after the claim or the end`(status: RequestStatus) {
        #expect(DecisionModel(Samples.page(Samples.request(8, status: status))) == nil)
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
        #expect(tags == ["frozen", "stale", "ends soon"])
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
        let chart = try #require(OverviewCharts.volume(Samples.overview.statistics))
        for bar in chart.bars {
            let y = try #require(Double(bar.y)), height = try #require(Double(bar.height))
            #expect(y >= 7.9 && y + height <= 144.1)
        }
        #expect(OverviewCharts.waiting([]) == nil)
    }
}
