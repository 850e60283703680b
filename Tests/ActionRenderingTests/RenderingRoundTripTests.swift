import ActionRendering
import CanonicalEncoding
import DomainModel
import Testing

/// Invariant S6: what is shown parses back to the action.
@Suite struct RenderingRoundTripTests {
    @Test func `ten thousand random actions read back from their rows`() throws {
        var documents = RandomDocuments(random: SplitMix(state: 2026))
        let tools = [Sample.tool(.generic), Sample.tool(.command)]
        for round in 0..<10_000 {
            let action = documents.action()
            let rendering = Renderer.render(try Sample.subject(action, tool: tools[round % 2]))
            if rendering.action() != action.json { Issue.record("round \(round)") }
            if round % 20 == 0 {
                let again = try Rendering(document: rendering.document)
                #expect(CanonicalDocument(try rendering.json) == rendering.document, "the writer's order is canonical")
                #expect(again == rendering, "round \(round)")
                #expect(again.digest == rendering.digest)
            }
        }
    }

    @Test func `equal actions are shown alike whatever the order of their members`() throws {
        let one = Sample.sql(["a": 1, "b": ["x": 1, "y": 2]])
        let two = Sample.sql(["b": ["y": 2, "x": 1], "a": 1])
        #expect(one.digest == two.digest)
        let first = Renderer.render(try Sample.subject(one))
        let second = Renderer.render(try Sample.subject(two))
        #expect(first.digest == second.digest)
        #expect(first.document == second.document)
    }

    @Test func `a changed character changes what is shown`() throws {
        let texts: [Text] = [
            "café", "cafe\u{301}", "cafe", "caf\u{435}", "cafe\u{200B}", "cafe ", "café\u{202E}", "cafe\\u{200B}",
            "cafe\n",
            "cafe\\n",
        ]
        let renderings = try texts.map { Renderer.render(try Sample.subject(Sample.sql(["sql": .string($0)]))) }
        #expect(Set(renderings.map(\.digest)).count == texts.count)
        #expect(Set(try renderings.map { try Sample.row($0, "arguments.sql").value }).count == texts.count)
    }

    @Test func `text and other kinds of the same spelling are told apart`() throws {
        let values: [JSONValue] = [1, "1", true, "true", nil, "null", [], "[]", [:], "{}"]
        for value in values {
            let action = Sample.sql(["v": value])
            let rendering = Renderer.render(try Sample.subject(action))
            #expect(rendering.action() == action.json)
        }
    }

    @Test func `rows that are not as the renderer writes them read back as nothing`() throws {
        let good = Renderer.render(try Sample.subject(Sample.sql(["list": ["a", "b"], "n": 1])))
        let index = try #require(good.rows.firstIndex { $0.path == "arguments.list[1]" })
        let changes: [(inout RenderingRow) -> Void] = [
            { $0.path = "arguments.list[2]" }, { $0.path = "arguments.list[0]" }, { $0.path = "arguments.list[01]" },
            { $0.path = "arguments.list" }, { $0.path = "arguments.n" }, { $0.path = "arguments.n.x" },
            { $0.path = "arguments[\"list\"][1]" }, { $0.path = "arguments..list" }, { $0.path = "" },
            { $0.path = "." },
            { $0.value = "b " }, { $0.value = "\\u{62}" }, { $0.kind = .integer }, { $0.kind = .boolean },
            { $0.kind = .emptyList }, { $0.kind = .secret }, { $0.kind = .json }, { $0.kind = .number },
        ]
        #expect(good.action() != nil)
        for (number, change) in changes.enumerated() {
            var bad = good
            change(&bad.rows[index])
            #expect(bad.action() == nil, "change \(number)")
        }
        var less = good
        less.rows.remove(at: index)
        #expect(less.action() != Sample.sql(["list": ["a", "b"], "n": 1]).json)
    }

    @Test func `what cannot be laid out is shown as JSON and reads back`() throws {
        var deep: JSONValue = "bottom"
        for _ in 0..<60 { deep = ["nested-deeply": deep] }
        let many = JSONValue.array(Array(repeating: .integer(7), count: 25_000))
        let longName = Text(String(repeating: "n", count: 60_000))
        let below = JSONValue.array(Array(repeating: .integer(7), count: 5000))
        let arguments: JSONObject = ["deep": deep, "many": many, "name": .object([longName: below])]
        let action = Sample.sql(arguments)
        let rendering = Renderer.render(try Sample.subject(action))
        #expect(rendering.action() == action.json)
        #expect(try Sample.row(rendering, "arguments.many").warnings == [.uninspectable, .long, .folded])
        #expect(!rendering.isApprovable)
        let folded = try #require(rendering.rows.first { $0.kind == .json && $0.path != "arguments.many" })
        #expect(folded.warnings.contains(.folded))
        let asked = CanonicalJSON.encode(action.json).count
        #expect(rendering.document.bytes.count < 8 * asked, "long names are not repeated for each leaf")
    }

    @Test func `the worst rendering grows with the action and no faster`() throws {
        let worst: [(Int) -> JSONValue] = [
            { .string(Text(String(repeating: "\u{1}\u{2}", count: $0 / 2))) },
            { .array(Array(repeating: 0, count: $0 / 2)) },
            { .string(Text(String(repeating: "\u{301}\u{323}", count: $0 / 4))) },
            { .string(Text(String(repeating: " ", count: $0))) },
            { .object([Text(String(repeating: "\u{200B}", count: $0 / 3)): 1]) },
        ]
        for (number, make) in worst.enumerated() {
            var sizes: [Int] = []
            for size in [4000, 8000] {
                let rendering = Renderer.render(try Sample.subject(Sample.sql(["v": make(size)])))
                sizes.append(rendering.document.bytes.count)
            }
            #expect(sizes[1] * 10 <= 21 * sizes[0], "case \(number)")
        }
    }
}
