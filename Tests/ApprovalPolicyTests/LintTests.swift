import ApprovalPolicy
import CanonicalEncoding
import Testing

@Suite struct LintTests {
    static let lifting =
        #"unless { context has approval && context.approval.hasTag("finance") && context.approval.getTag("finance") >= 1 }"#

    static func rule(_ annotations: String, _ clauses: String = lifting) -> String {
        "@tier(\"approval\") \(annotations) forbid(principal, action, resource) \(clauses);"
    }

    static let mistakes: [(text: String, message: String)] = [
        (rule("@approvers(\"finance\") @quorum(\"0\")"), "@quorum"),
        (rule("@approvers(\"finance\") @quorum(\"\")"), "@quorum"),
        (rule("@approvers(\"finance\") @quorum"), "@quorum"),
        (rule("@approvers(\"finance\") @quorum(\"-1\")"), "@quorum"),
        (rule("@approvers(\"finance\") @quorum(\"many\")"), "@quorum"),
        (rule("@approvers(\"finance\") @quorum(\"101\")"), "@quorum"),
        (rule("@approvers(\"finance\") @ttl(\"15\")"), "@ttl"),
        (rule("@approvers(\"finance\") @ttl(\"0m\")"), "@ttl"),
        (rule("@approvers(\"finance\") @ttl(\"15 minutes\")"), "@ttl"),
        (rule("@approvers(\"finance\") @ttl(\"91d\")"), "@ttl"),
        (rule("@approvers(\"finance\") @expires(\"soon\")"), "@expires"),
        (rule("@approvers(\"finance\") @assurance(\"3\")"), "@assurance"),
        (rule("@approvers(\"finance\") @criteria(\"a||b\")"), "@criteria"),
        (rule("@approvers(\"finance\") @self(\"anyone\")"), "@self"),
        (rule("@approvers(\"finance\") @quorom(\"2\")"), "there is no annotation @quorom"),
        (rule("@approvers(\"finance\") @note(\"x\")"), "there is no annotation @note"),
        (rule("@approvers(\"\")"), "@approvers"),
        (rule("@approvers(\"finance,\")"), "@approvers"),
        (rule("@approvers(\"finance,finance\")"), "@approvers"),
        (rule("@approvers(\"Finance Team\")"), "@approvers"),
        (rule(""), "has to name its approvers"),
        (rule("@approvers(\"finance\")", ""), "has to mention context.approval"),
        (rule("@approvers(\"finance\")", "when { context.claimed has approval }"), "has to mention context.approval"),
        ("@tier(\"approval\") @approvers(\"finance\") permit(principal, action, resource);", "has to be a forbid"),
        ("@tier(\"soft\") forbid(principal, action, resource);", "@tier"),
        ("@tier(\"hard\") permit(principal, action, resource);", "@tier"),
        ("@tier(\"review\") forbid(principal, action, resource);", "@tier"),
        ("@tier permit(principal, action, resource);", "@tier"),
        ("@teir(\"review\") permit(principal, action, resource);", "there is no annotation @teir"),
        ("@approvers(\"finance\") forbid(principal, action, resource);", "means nothing on this rule"),
        ("@quorum(\"2\") permit(principal, action, resource);", "means nothing on this rule"),
        (
            "@on_violation(\"freeze-agent\") forbid(principal, action, resource);",
            "@on_violation means nothing on this rule"
        ),
        ("@on_violation(\"freeze\") permit(principal, action, resource);", "@on_violation has a value"),
        ("@on_violation(\"\") permit(principal, action, resource);", "@on_violation has no value"),
        ("@on_violation permit(principal, action, resource);", "@on_violation has no value"),
        (
            "@on_violation(\"freeze-tool,freeze-tool\") permit(principal, action, resource);",
            "@on_violation has a value"
        ),
        (rule("@approvers(\"finance\") @on_violation(\"freeze-tool,\")"), "@on_violation has a value"),
        ("@on_violatoin(\"freeze-tool\") permit(principal, action, resource);", "no annotation @on_violatoin"),
        (
            "@id(\"a\") permit(principal, action, resource); @id(\"a\") permit(principal, action, resource);",
            "two rules"
        ),
        ("permit(principal == ?principal, action, resource);", "no templates"),
        ("permit(principal, action, resource) when { ", "expected"),
    ]

    @Test(arguments: mistakes)
    func `a mistake is refused with its place`(text: String, message: String) throws {
        let problem = try #require(problems(text).first)
        #expect("\(problem)".contains(message))
        #expect(problem.line == 1)
        #expect(problem.column >= 1)
    }

    @Test(arguments: [
        ("unless { context has approval }", "too few"),
        ("unless { context has approval && context.approval.count >= 1 }", "another group"),
        (
            "unless { context has approval && context.approval.hasTag(\"legal\") && context.approval.getTag(\"legal\") >= 1 }",
            "no approval"
        ),
        ("unless { context has approval && context.approval.getTag(\"finance\") >= 0 }", "no problem"),
        ("unless { !(context has approval) || context.approval.getTag(\"finance\") >= 1 }", "there is no approval"),
        ("when { context has approval && !context.approval.hasTag(\"finance\") }", "there is no approval"),
        ("when { !(context has approval) || !context.approval.hasTag(\"finance\") }", "no problem"),
        (lifting, "no problem"),
        ("when { context.input.amount > 5 } \(lifting)", "no problem"),
    ])
    func `an approval rule is tried with too few approvers and with strangers`(clauses: String, message: String) {
        let found = problems(Self.rule("@approvers(\"finance\")", clauses)).map(\.description).joined()
        if message == "no problem" { #expect(found.isEmpty) } else { #expect(found.contains(message)) }
    }

    @Test func `every group of a rule is tried`() {
        let both = #"@approvers("finance,legal") @quorum("2")"#
        #expect(problems(Self.rule(both)).first?.message.contains("`finance`") == true)
        let onlyFinance =
            #"unless { context has approval && context.approval.hasTag("finance") && context.approval.getTag("finance") >= 2 }"#
        #expect(problems(Self.rule(both, onlyFinance)).first?.message.contains("`legal`") == true)
    }

    @Test func `a rule that its own annotations cannot lift is refused`() {
        let stronger =
            #"unless { context has approval && context.approval.hasTag("finance") && context.approval.getTag("finance") >= 3 }"#
        #expect(problems(Self.rule("@approvers(\"finance\")", stronger)).first?.message.contains("no approval") == true)
    }

    @Test func `a group without members is refused when the members are known`() {
        let text = Self.rule("@approvers(\"finance\")")
        #expect(problems(text, groups: ["finance"]).isEmpty)
        #expect(problems(text, groups: nil).isEmpty)
        #expect(problems(text, groups: ["legal"]).first?.message.contains("no members") == true)
    }

    @Test func `all mistakes are reported, in the order of the text`() {
        let text =
            "@tier(\"x\") permit(principal, action, resource);\n\n  @tier(\"y\") forbid(principal, action, resource);"
        #expect(problems(text).map { [$0.line, $0.column] } == [[1, 1], [3, 3]])
    }

    @Test func `annotations without meaning here are left to people`() {
        let text = "@owner(\"team-a\") @url(\"x\") @description(\"x\") permit(principal, action, resource);"
        #expect(problems(text).isEmpty)
    }

    @Test(arguments: [256, 257])
    func `a set asks no more groups than a log entry can name`(count: Int) {
        let rules = (0..<count).map { index in
            TierTests.asking("g\(index)", also: "@id(\"\(index)\")")
        }
        let found = problems(TierTests.permit + rules.joined()).map(\.message)
        #expect(found == (count > 256 ? ["the set asks more than 256 groups of people"] : []))
    }
}
