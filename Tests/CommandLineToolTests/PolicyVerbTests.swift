import ApprovalPolicy
import CanonicalEncoding
import CedarLanguage
@testable import CommandLineTool
import Foundation
import Testing

@Suite struct PolicyVerbTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    private static func example(_ name: String) -> String { root.appending(path: "examples/policies/\(name)").path() }

    /// A file that is gone after the test.
    private static func withFile<R>(_ text: String, _ body: (String) throws -> R) throws -> R {
        let file = FileManager.default.temporaryDirectory.appending(path: "policy-\(UUID().uuidString)")
        try text.write(to: file, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(at: file) }
        return try body(file.path())
    }

    private static func withFile<R>(_ text: String, _ body: (String) async throws -> R) async throws -> R {
        let file = FileManager.default.temporaryDirectory.appending(path: "policy-\(UUID().uuidString)")
        try text.write(to: file, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(at: file) }
        return try await body(file.path())
    }

    private static func run(_ arguments: String...) async -> Int32 {
        await Program.run(WholeProgram.self, arguments: ["policy"] + arguments)
    }

    @Test(arguments: [("demo.cedar", "demo.tests.yaml"), ("three-tiers.cedar", "three-tiers.tests.yaml")])
    func `every scenario of an example holds`(policy: String, scenarios: String) throws {
        let set = try LoadedPolicies.read(Self.example(policy))
        let all = try ScenarioFile(Self.example(scenarios)).scenarios.scenarios
        #expect(all.count >= 5)
        for scenario in all {
            let found = PolicyScenario.Answer(set.evaluate(scenario.facts))
            #expect(scenario.differences(from: found) == [], "\(scenario.name)")
        }
    }

    @Test(arguments: [("demo.cedar", "demo.tools.jsonl"), ("three-tiers.cedar", "three-tiers.tools.jsonl")])
    func `an example validates strictly against the schema of its tools`(policy: String, tools: String) async {
        #expect(await Self.run("check", Self.example(policy), "--tools", Self.example(tools)) == 0)
    }

    @Test func `a problem ends with 1, a wrong command line with 2, a file that is not there with 1`() async throws {
        try await Self.withFile("permit (principal") { file in
            #expect(await Self.run("check", file) == 1)
            #expect(await Self.run("check", file, "--json") == 1)
            #expect(await Self.run("test", Self.example("demo.tests.yaml"), "--policy", file) == 1)
        }
        #expect(await Self.run("check") == 2)
        #expect(await Self.run("check", "x", "--tools", "a", "--schema", "b") == 2)
        #expect(await Self.run("check", "/nowhere/at/all") == 1)
    }

    @Test func `a scenario that does not hold ends with 1`() async throws {
        let text = """
            scenarios:
              - name: wrong
                tool: {server: orders-db, name: sqlite3}
                command: [sqlite3, orders.db, DROP TABLE orders]
                outcome: allow
            """
        try await Self.withFile(text) { file in
            #expect(await Self.run("test", file, "--policy", Self.example("demo.cedar")) == 1)
        }
        #expect(
            await Self.run("test", Self.example("demo.tests.yaml"), "--policy", Self.example("demo.cedar")) == 0)
    }

    @Test(arguments: [
        ("permit (principal, action, resource)\nwhen { 1 + };", "    2 | when { 1 + };", "      |            ^"),
        ("permit (principal, action, resource)\nwhen { amont };", "    2 | when { amont };", "      |        ^"),
    ])
    func `a problem is shown with its line and a caret under its column`(
        source: String, line: String, caret: String
    ) throws {
        let problem = try #require(PolicyCheck(Text(source), schema: nil).problems.first)
        let rows = SourceExcerpt(source, named: "a").text(problem, "error").split(separator: "\n").map(String.init)
        #expect(rows[0].hasPrefix("a:2:\(problem.column): error: "))
        #expect(Array(rows[1...2]) == [line, caret])
    }

    @Test func `what a source holds cannot drive a terminal`() throws {
        let source = "permit (principal, \u{1B}[2J"
        let problem = try #require(PolicyCheck(Text(source), schema: nil).problems.first)
        #expect(!SourceExcerpt(source, named: "a").text(problem, "error").unicodeScalars.contains("\u{1B}"))
    }

    @Test(
        arguments: [
            ("a: no", ["a": "no"]), ("a: 2026-01-01", ["a": "2026-01-01"]), ("a: 007", ["a": "007"]),
            ("a: 7", ["a": 7]), ("a: \"7\"", ["a": "7"]), ("a: [true, null, -3]", ["a": [true, nil, -3]]),
            ("{\"a\": {\"b\": 1}}", ["a": ["b": 1]]), ("x: &y {z: 1}\na: *y", ["x": ["z": 1], "a": ["z": 1]]),
        ] as [(String, JSONValue)])
    func `plain words are read by the core rules`(text: String, expected: JSONValue) throws {
        #expect(try Self.withFile(text) { try PolicyDocument.read($0) } == expected)
    }

    @Test(arguments: ["a: 1\na: 2", "a: [", "? [x]\n: 1", "a: *nowhere"])
    func `a document that two readers could take in two ways is refused`(text: String) {
        #expect(throws: CommandFailure.self) { try Self.withFile(text) { try PolicyDocument.read($0) } }
    }

    @Test func `aliases that multiply are refused`() {
        let doubled = (1...30).map { "a\($0): &a\($0) [*a\($0 - 1), *a\($0 - 1)]" }.joined(separator: "\n")
        #expect(throws: CommandFailure.self) {
            try Self.withFile("a0: &a0 x\n" + doubled) { try PolicyDocument.read($0) }
        }
    }

    @Test func `tools are read as they are listed, one a line or as an array, each once`() throws {
        let line = try String(contentsOfFile: Self.example("demo.tools.jsonl"), encoding: .utf8)
        #expect(try ToolsFile(Self.example("demo.tools.jsonl")).tools.count == 1)
        #expect(try Self.withFile("[\(line)]") { try ToolsFile($0).tools.count } == 1)
        #expect(throws: CommandFailure.self) { try Self.withFile(line + line) { try ToolsFile($0) } }
        #expect(throws: CommandFailure.self) { try Self.withFile("{}") { try ToolsFile($0) } }
    }

    @Test func `recorded requests are replayed, and a line that is none is refused`() async throws {
        let line = """
            {"request":"req_1","tool":{"server":"orders-db","name":"sqlite3"},"command":["sqlite3","o","DROP TABLE x"],\
            "recorded":{"outcome":"allow"}}
            """
        try await Self.withFile(line) { file in
            let read = try RecordedRequest.read(file)
            #expect(read.map(\.name) == ["req_1"])
            #expect(await Self.run("replay", Self.example("demo.cedar"), "--requests", file) == 0)
            #expect(await Self.run("explain", Self.example("demo.cedar"), "--request", file) == 1)
        }
        try await Self.withFile("{}\n") { file in
            #expect(await Self.run("replay", Self.example("demo.cedar"), "--requests", file) == 1)
        }
    }
}
