@testable import ApproverConsole
import AuthorityCore
import CanonicalEncoding
import HTTPTypes
import Testing

@Suite struct PolicyPageTests {
    private static let good: Text = "@id(\"all\")\npermit (principal, action, resource);\n"

    @Test func `each rule is a row, in the order of the text`() {
        let page = PolicySamples.page("policy")
        #expect(page.rules.map(\.name) == ["reads", "looked-at", "deletes-need-people", "never"])
        #expect(page.rules.map(\.line) == [1, 4, 7, 17])
        #expect(page.rules.map(\.tier.text) == ["at once", "reviewed afterwards", "needs people", "never"])
        #expect(page.rules[2].approvers == "dba (2) and release (2)")
        #expect(page.problems.map(\.tag.text) == ["doubtful"])
    }

    @Test func `a group that lost its members since is found today`() {
        let page = PolicySamples.page("policy-bystander")
        #expect(page.problems.map(\.tag.text) == ["mistake", "doubtful"] && page.problems[0].line == 8)
        #expect(page.problems[0].message.contains("release"))
        #expect(page.notices.contains { $0.text.contains("could not be loaded today") })
    }

    @Test func `each scenario is shown with what the set answers today, and what differs`() {
        let tests = PolicySamples.page("policy").tests
        #expect(tests.rows.map(\.tag.text) == ["holds", "fails"] && tests.summary == "1 of 2 fail")
        #expect(tests.rows[1].differences == ["reasons: expected nobody, found deletes-need-people"])
    }

    @Test func `a rule that denied because it broke is named above everything else`() {
        let page = PolicySamples.page("policy")
        #expect(page.notices.first?.text.contains("<never>") == true && page.notices.first?.href == "#errors")
        #expect(page.errors.count == 1 && page.errors[0].text.contains("overflow"))
        let overview = OverviewPage(
            Samples.overviewWithErrors, inventory: Samples.inventory, viewer: Samples.viewer,
            now: Samples.now)
        #expect(overview.notices.contains { $0.href == "/policy#errors" })
    }

    @Test func `a change that loads a set says which rules it changes, and what it was tested with`() {
        let rows = PolicyChangeRows(from: PolicySamples.older, to: PolicySamples.source, PolicySamples.scenarios).rows
        let labels = rows.map(\.label)
        #expect(labels == ["Rules added", "Tested with", "Scenario", "Scenario"])
    }

    @Test func `what is kept with a set is what the form begins with`() throws {
        let form = try #require(PolicySamples.page("policy").form)
        #expect(try JSONReader.read(Array(form.scenarios.utf8)) == PolicySamples.scenarios)
        #expect(form.scenarios.split(separator: "\n").count > 4)
    }

    @Test func `each set is compared with the one before it`() {
        let page = PolicySamples.page("policy")
        #expect(page.versions.count == 1)
        #expect(page.versions.first?.diff.lines.contains { $0.kind == "added" } == true)
    }

    @Test func `only administrators get the form that proposes`() throws {
        #expect(Text(try GoldenPages.html("policy")).contains("data-kind=\"load_policy\""))
        #expect(!Text(try GoldenPages.html("policy-bystander")).contains("data-kind"))
    }

    @Test func `what a set says is text, never markup`() throws {
        let html = Text(try GoldenPages.html("policy"))
        #expect(!html.contains("<script>alert") && html.contains("&lt;script&gt;alert"))
        #expect(!Text(try GoldenPages.html("policy-bystander")).contains("\"><b>"))
    }

    @Test func `a long history is shown in part`() {
        let old = Text((0..<900).map { "old \($0)" }.joined(separator: "\n"))
        let model = DiffModel(from: old, to: "new", greatestMiddle: 10, atMost: 400)
        #expect(model.lines.count == 401 && model.lines.last?.text == "501 more lines")
    }

    @Test func `a set is checked with its mistakes at line and column, and nothing is written`() async throws {
        let fixture = try ConsoleFixture()
        let cookie = try await fixture.enrolled()
        let before = try fixture.stateOfStore()
        let bad = await fixture.call(.post, "/api/policy/check", cookie, body: ["source": "permit (\n  principle);"])
        #expect(bad.status == 200 && bad.json?["digest"] == nil)
        #expect(bad.json?["problems"]?.arrayValue?.first?["line"] == 2)
        let good = await fixture.call(.post, "/api/policy/check", cookie, body: ["source": .string(Self.good)])
        #expect(good.json?["digest"] != nil && good.json?["problems"]?.arrayValue?.isEmpty == true)
        #expect(good.json?["difference"]?["lines"]?.arrayValue?.first?["text"] == "@id(\"all\")")
        #expect(try fixture.stateOfStore() == before)
    }

    @Test func `a set is checked with its scenarios, and one that fails keeps it from being proposed`() async throws {
        let fixture = try ConsoleFixture()
        let cookie = try await fixture.enrolled()
        func check(_ outcome: Text) async -> JSONValue? {
            let scenario: JSONValue = [
                "name": "x", "tool": ["server": "a", "name": "b"], "outcome": .string(outcome),
            ]
            let body: JSONValue = ["source": .string(Self.good), "scenarios": ["scenarios": [scenario]]]
            return await fixture.call(.post, "/api/policy/check", cookie, body: body).json
        }
        let good = await check("allow")
        #expect(good?["digest"] != nil && good?["scenarios"]?.arrayValue?.first?["passes"] == true)
        let bad = await check("deny")
        #expect(bad?["digest"] == nil && bad?["scenarios"]?.arrayValue?.first?["passes"] == false)
        #expect(
            bad?["scenarios"]?.arrayValue?.first?["differences"] == ["outcome: expected deny, found allow"])
    }

    @Test func `a set of 64 KiB fits into the call that checks it, and a longer one is refused`() async throws {
        let fixture = try ConsoleFixture()
        let cookie = try await fixture.enrolled()
        let room = 65_536 - Self.good.utf8.count - 2
        let full = Text(Self.good.string + "//" + String(repeating: "\"", count: room))
        let fits = await fixture.call(.post, "/api/policy/check", cookie, body: ["source": .string(full)])
        #expect(fits.status == 200 && fits.json?["digest"] != nil)
        let beyond = Text(full.string + "\n")
        let refused = await fixture.call(.post, "/api/policy/check", cookie, body: ["source": .string(beyond)])
        #expect(refused.status >= 400 && refused.status < 500)
    }

    @Test(
        arguments: [
            ("agent=none&tool=a___b&arguments=", "no such agent"),
            ("agent=none&tool=a___b&arguments=%5B%5D", "no JSON object"),
            ("agent=none&tool=a___b&arguments=%7B", "no JSON that is accepted"),
            ("agent=none&tool=a&arguments=", "server___tool"),
        ] as [(String, Text)])
    func `what cannot be asked is said beside the form`(query: String, expected: Text) async throws {
        let fixture = try ConsoleFixture()
        let cookie = try await fixture.enrolled()
        let answer = await fixture.call(.get, "/policy?\(query)", cookie)
        #expect(answer.status == 200 && answer.text.contains(expected))
    }
}
