@testable import CommandLineTool
import Foundation
import Synchronization
import Testing

/// What the verbs for people who write policy print, to the letter.
@Suite struct PolicyOutputTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    private static func example(_ name: String) -> String { root.appending(path: "examples/policies/\(name)").path() }
    private static let policy = example("three-tiers.cedar")

    /// Files that are gone afterwards.
    private static func withFiles<R>(_ texts: String..., body: ([String]) async throws -> R) async throws -> R {
        let folder = FileManager.default.temporaryDirectory.appending(path: "policy-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        var files: [String] = []
        for (index, text) in texts.enumerated() {
            let file = folder.appending(path: "\(index)")
            try text.write(to: file, atomically: true, encoding: .utf8)
            files.append(file.path())
        }
        return try await body(files)
    }

    private static func run(_ arguments: String...) async -> (status: Int32, output: String) {
        let page = Terminal.Page()
        let status = await Terminal.$page.withValue(page) {
            await Program.run(WholeProgram.self, arguments: ["policy"] + arguments)
        }
        return (status, page.text.withLock { $0 })
    }

    private static let scenarios = """
        defaults:
          tool: {server: payments, name: refund}
        scenarios:
          - name: Small
            input: {amount: 40}
            outcome: allow
          - name: Wrong
            input: {amount: 501}
            outcome: allow
            reasons: [somebody]
            requirement: {ttl_seconds: 60, assurance: 2}
        """

    @Test func `test prints a table, then what was expected and what was found`() async throws {
        try await Self.withFiles(Self.scenarios) { files in
            let (status, output) = await Self.run("test", files[0], "--policy", Self.policy)
            #expect(status == 1)
            #expect(
                output == """
                    RESULT  OUTCOME   RULES                       SCENARIO
                    pass    allow     refund-small                Small
                    FAIL    approval  refund-large-needs-finance  Wrong

                    Wrong
                      outcome
                      - allow
                      + approval
                      reasons
                      - somebody
                      + refund-large-needs-finance
                      requirement.ttl_seconds
                      - 60
                      + 900

                    1 passed, 1 failed

                    """)
            let json = await Self.run("test", files[0], "--policy", Self.policy, "--json")
            #expect(
                json.status == 1
                    && json.output == #"""
                        {"differences":[],"name":"Small","outcome":"allow","result":"pass","rules":["refund-small"]}
                        {"differences":[{"expected":"allow","found":"approval","member":"outcome"},{"expected":"somebody","found":"refund-large-needs-finance","member":"reasons"},{"expected":"60","found":"900","member":"requirement.ttl_seconds"}],"name":"Wrong","outcome":"approval","result":"FAIL","rules":["refund-large-needs-finance"]}

                        """#
            )
        }
    }

    private static let request = """
        {"tool": {"server": "payments", "name": "refund"}, "input": {"amount": 501},
         "approval": {"groups": {"finance": 1}, "approvers": ["fred"], "assurance": 1}}
        """

    @Test func `explain shows each part of a clause, which one decides, and the values that were read`() async throws {
        try await Self.withFiles(Self.request) { files in
            let (status, output) = await Self.run("explain", Self.policy, "--request", files[0])
            #expect(status == 0)
            #expect(
                output == """
                    approval: refund-large-needs-finance
                      groups: {"finance":1}
                      ttl_seconds: 900
                      assurance: 2
                      criteria: ["The customer is owed this amount"]
                      expires_seconds: 86400
                      self: false

                    refund-small (auto, line 3) does not apply
                      Refunds up to 100 are routine
                      fails  line 6: when { context.input.amount <= 100 }
                                 context.input.amount = 501

                    refund-medium (review, line 8) does not apply
                      Refunds up to 500 run at once; somebody looks at them afterwards
                      fails  line 12: when, all of
                        true     line 12: context.input.amount > 100
                                 context.input.amount = 501
                        false    line 12: context.input.amount <= 500  <- decides
                                 context.input.amount = 501

                    refund-large (auto, line 14) applies
                      Larger refunds are possible once finance has agreed
                      holds  line 17: when { context.input.amount > 500 }
                                 context.input.amount = 501

                    refund-large-needs-finance (approval, line 19) applies
                      Refunds above 500 need one finance approver
                      holds  line 28: when { context.input.amount > 500 }
                                 context.input.amount = 501
                      holds  line 29: unless, all of
                        true     line 30: context has approval
                        true     line 31: context.approval.hasTag("finance")
                                 context.approval = Countersign::Approval::"current"
                        true     line 31: context.approval.getTag("finance") >= 1
                                 context.approval.getTag("finance") = 1
                        false    line 32: context.approval.assurance >= 2  <- decides
                                 context.approval.assurance = 1
                        true     line 33: context.system.now.durationSince(context.approval.approvedAt) <= duration("15m")
                                 context.system.now = datetime("2026-01-01T00:00:00.000Z")
                                 context.approval.approvedAt = datetime("2026-01-01T00:00:00.000Z")
                        true     line 34: !context.approval.approvers.contains(principal.owner)
                                 context.approval.approvers = [Countersign::Human::"fred"]
                                 principal.owner = Countersign::Human::"owner"

                    refund-never-negative (hard, line 37) does not apply
                      A refund is more than nothing
                      fails  line 41: when { context.input.amount <= 0 }
                                 context.input.amount = 501

                    """)
        }
    }

    @Test func `explain cuts nothing, and says as JSON what it says as text`() async throws {
        let long = (0..<40).map { "context.input.amount != \(1000 + $0)" }.joined(separator: " || ")
        let policy = "@id(\"long\") permit (principal, action, resource) when { \(long) };"
        try await Self.withFiles(policy, "{\"tool\": {\"server\": \"a\", \"name\": \"b\"}, \"input\": {\"amount\": 1}}")
        {
            files in
            let text = await Self.run("explain", files[0], "--request", files[1])
            #expect(text.output.contains("context.input.amount != 1039") && !text.output.contains("…"))
            let json = await Self.run("explain", files[0], "--request", files[1], "--json")
            #expect(json.status == 0 && json.output.hasSuffix("}\n"))
            #expect(
                json.output.contains(
                    #"{"decides":true,"line":1,"outcome":"true","readings":[{"expression":"context.input.amount","value":"1"}],"text":"context.input.amount != 1000"}"#
                ))
            #expect(json.output.contains(#""outcome":"allow","reasons":["long"]"#))
        }
    }

    private static let recorded = """
        {"request":"same","tool":{"server":"payments","name":"refund"},"input":{"amount":40}}
        {"request":"refund of 80","tool":{"server":"payments","name":"refund"},"input":{"amount":80}}
        {"request":"refund of 900","tool":{"server":"payments","name":"refund"},"input":{"amount":900}}
        """

    @Test func `replay prints what changes, and what people would be asked otherwise`() async throws {
        let old = try String(contentsOfFile: Self.policy, encoding: .utf8)
        let new = old.replacing("amount <= 100", with: "amount <= 50").replacing("amount > 100", with: "amount > 50")
            .replacing("@ttl(\"15m\")", with: "@ttl(\"10m\")").replacing("duration(\"15m\")", with: "duration(\"10m\")")
        try await Self.withFiles(new, Self.recorded) { files in
            let (status, output) = await Self.run(
                "replay", files[0], "--from", Self.policy, "--requests", files[1])
            #expect(status == 0)
            #expect(
                output == """
                    REQUEST        FROM      TO        RULES BEFORE                RULES NOW
                    refund of 80   allow     review    refund-small                refund-medium
                    refund of 900  approval  approval  refund-large-needs-finance  refund-large-needs-finance
                    refund of 900: ttl_seconds 900 becomes 600
                    2 of 3 requests would be answered otherwise

                    """)
            let json = await Self.run(
                "replay", files[0], "--from", Self.policy, "--requests", files[1], "--json")
            #expect(
                json.output == """
                    {"from":"allow","from_rules":["refund-small"],"request":"refund of 80","requirement":{},"to":"review","to_rules":["refund-medium"]}
                    {"from":"approval","from_rules":["refund-large-needs-finance"],"request":"refund of 900","requirement":{"ttl_seconds":{"from":900,"to":600}},"to":"approval","to_rules":["refund-large-needs-finance"]}

                    """)
        }
    }

    @Test func `check says where a mistake stands, as text and as JSON`() async throws {
        let source = try String(contentsOfFile: Self.policy, encoding: .utf8).replacing(
            "amount <= 0", with: "amont <= 0")
        try await Self.withFiles(source) { files in
            let tools = Self.example("three-tiers.tools.jsonl")
            let (status, output) = await Self.run("check", files[0], "--tools", tools)
            #expect(status == 1)
            #expect(
                output == """
                    \(files[0]):41:8: error: this record has no attribute `amont`
                       41 | when { context.input.amont <= 0 };
                          |        ^
                            hint: do you mean `amount`?
                    \(files[0]): 5 policies, 1 problem, 0 warnings

                    """)
            let json = await Self.run("check", files[0], "--tools", tools, "--json")
            #expect(
                json.output == """
                    {"column":8,"file":"\(files[0])","hint":"do you mean `amount`?","line":41,"message":"this record has no attribute `amont`","severity":"error"}

                    """)
        }
    }

    @Test func `check knows the providers that it is given, and refuses them without tools`() async throws {
        let policy = """
            @id("a") forbid (principal, action, resource)
            when { context.preconditions has orders && context.preconditions.orders has n && context.preconditions.orders.n > 5 };
            """
        let provider = #"{"name":"orders","kind":"KIND","location":"/a"}"#
        try await Self.withFiles(
            policy, provider.replacing("KIND", with: "sqlite-count"), provider.replacing("KIND", with: "file-digest")
        ) { files in
            let tools = Self.example("three-tiers.tools.jsonl")
            #expect(await Self.run("check", files[0], "--tools", tools, "--providers", files[1]).status == 0)
            #expect(await Self.run("check", files[0], "--tools", tools, "--providers", files[2]).status == 1)
            #expect(await Self.run("check", files[0], "--providers", files[1]).status == 2)
            #expect(await Self.run("check", files[0], "--tools", tools, "--providers", files[0]).status == 1)
            let schema = await Self.run("schema", "--tools", tools, "--providers", files[1]).output
            #expect(schema.contains("\"orders\"?: {") && schema.contains("\"amount\": Long, \"note\"?: String"))
        }
    }
}
