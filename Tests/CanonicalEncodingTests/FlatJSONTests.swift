import CanonicalEncoding
import Testing

@Suite struct FlatJSONTests {
    private func read(_ text: String, depth: Int = 100) throws(JSONReadingError) -> FlatJSON {
        try FlatJSON(Array(text.utf8), depth: depth)
    }

    private func refusal(_ text: String, depth: Int = 100) -> JSONReadingError? {
        do throws(JSONReadingError) {
            _ = try read(text, depth: depth)
            return nil
        } catch {
            return error
        }
    }

    @Test func `members and elements are found where they stand`() throws {
        let json = try read(#" {"a": [1, {"b": true}], "c": null} "#)
        let list = try #require(json.member("a", of: json.root))
        guard case .array(let range) = json.nodes[list] else {
            Issue.record("an array was expected")
            return
        }
        let second = json.entries[range.lowerBound + 1].node
        let inner = try #require(json.member("b", of: second))
        #expect(json.path(of: inner) == "a[1].b")
        #expect(json.offsets[second] == 11)
        #expect(json.path(of: json.root).isEmpty)
        #expect(json.member("d", of: json.root) == nil)
    }

    /// Documents that the strict reader judges; both have to say the same.
    static let documents = [
        "", "{}", "[]", "1", "\"a\"", "{\"a\":1,}", "[1,]", "{\"a\":1 \"b\":2}", "{\"a\":1,\"a\":2}", "[1 2]", "{a:1}",
        "[1]]",
        "{\"a\"}", "{\"a\":}", "[,]", "nul", "01", "1e999", "\"\\ud800\"", "{\"\":{\"\":[]}}", "[[],[[]],{}]",
        "\u{FEFF}1",
        "[true,false,null,-1,1.5]", "{\"a\":[1,{\"b\":2}],\"c\":{}}", "[\"\\u0061\"]", "{", "[", "[1", "{\"a\":1", "}",
        "]",
    ]

    @Test(arguments: documents)
    func `it refuses what the strict reader refuses, in the same words`(text: String) {
        var expected: JSONReadingError?
        do throws(JSONReadingError) {
            _ = try JSONReader.read(text)
        } catch {
            expected = error
        }
        #expect(refusal(text) == expected)
    }

    @Test func `a hundred thousand levels are read, and one more than allowed is not`() throws {
        let text = String(repeating: "[{\"a\":", count: 50_000) + "1" + String(repeating: "}]", count: 50_000)
        #expect(try read(text, depth: 100_000).nodes.count == 100_001)
        #expect(refusal(text, depth: 99_999)?.code == .tooDeep)
    }
}
