import CanonicalEncoding
import CedarLanguage
import Foundation
import Synchronization
import Testing

@Suite struct NestingTests {
    /// Runs on a thread with the smallest stack that servers give: an overflow kills the test program.
    private func onSmallStack<Result: Sendable>(_ body: @escaping @Sendable () -> Result) -> Result? {
        let box = Box<Result>()
        let done = DispatchSemaphore(value: 0)
        let thread = Thread {
            let value = body()
            box.result.withLock { $0 = value }
            done.signal()
        }
        thread.stackSize = 256 * 1024
        thread.start()
        done.wait()
        return box.result.withLock { $0 }
    }

    private final class Box<Value: Sendable>: Sendable {
        let result = Mutex<Value?>(nil)
    }

    /// Openings and closings, repeated around a core.
    static let shapes: [[String]] = [
        ["(", "true", ")"], ["!(", "true", ")"], ["[", "1", "] == 1"], ["[", "1", "]"], ["{a: ", "1", "}"],
        ["if true then ", "true", " else false"], ["if true then true else ", "true", ""],
        ["true && (false || (1 + 2 * (", "3", ")) == 9)"], ["[1].contains([1].containsAny(", "[1]", "))"],
        ["{a: [", "context", "]}.a"], ["context.", "a", ""], ["ip(", "\"::\"", ")"], ["-(", "1", ")"],
        ["(", "context", ").a"], ["context.a[\"", "b", "\"]"], ["", "context", " is A"], ["1 + ", "1", ""],
        ["1 * ", "1", ""],
        ["principal has ", "a", ".a"], ["[[], ", "1", "]"], ["{\"x\": 1, \"a\": ", "1", "}"],
    ]

    @Test(arguments: shapes)
    func `any depth is answered or refused on a small stack`(shape: [String]) {
        for depth in [1, 10, 31, 32, 33, 100, 250, 499, 500, 501, 20_000] {
            let text = String(repeating: shape[0], count: depth) + shape[1] + String(repeating: shape[2], count: depth)
            let answer = onSmallStack { Ask.expression(text) }
            #expect(answer != nil)
            if depth > 500, !["1 + ", "1 * ", "principal has "].contains(shape[0]) { #expect(answer == "PARSE-ERR") }
        }
    }

    @Test func `four hundred levels of parentheses are fine`() {
        let text = String(repeating: "!(", count: 400) + "true" + String(repeating: ")", count: 400)
        #expect(Ask.expression(text) == "Allow")
    }

    @Test func `chains of one operator may be long`() {
        let many = 5000
        let answers = onSmallStack {
            [
                Ask.expression(Array(repeating: "true", count: many).joined(separator: " && ")),
                Ask.expression(Array(repeating: "false", count: many).joined(separator: " || ") + " || true"),
                Ask.expression(Array(repeating: "1", count: many).joined(separator: " + ") + " == \(many)"),
                Ask.expression(Array(repeating: "1", count: many).joined(separator: " - ") + " == \(2 - many)"),
                Ask.expression(Array(repeating: "1", count: many).joined(separator: " * ") + " == 1"),
            ]
        }
        #expect(answers == Array(repeating: "Allow", count: 5))
    }

    @Test func `deep values from JSON are compared and freed on a small stack`() {
        let answer = onSmallStack {
            var value: JSONValue = 1
            for _ in 0..<30 { value = ["a": [value]] }
            let open = String(repeating: "[", count: 32)
            let close = String(repeating: "]", count: 32)
            let shallow = Ask.expression("context.v == context.w", context: ["v": 1, "w": 1])
            var allowed: JSONValue = 1
            for _ in 0..<15 { allowed = ["a": [allowed]] }
            let deep = Ask.expression(
                "\(open)context.v\(close) == \(open)context.w\(close)", context: ["v": allowed, "w": allowed])
            return [shallow, deep, Ask.expression("true", context: ["v": value])]
        }
        #expect(answer == ["Allow", "Allow", "CONTEXT-ERR"])
    }

    @Test func `a pattern with many wildcards costs no more than the product of the lengths`() {
        let text = String(repeating: "a", count: 20_000)
        let pattern = String(repeating: "a*", count: 200) + "b"
        #expect(Ask.expression("context.t like \"\(pattern)\"", context: ["t": .string(Text(text))]) == "Deny")
    }

    @Test func `a chain of two thousand parents needs no stack`() throws {
        let count = 2000
        let entities = (0..<count).map { index in
            CedarEntity(uid: Ask.uid("G", "\(index)"), parents: index + 1 < count ? [Ask.uid("G", "\(index + 1)")] : [])
        }
        let answer = onSmallStack {
            (try? CedarEntities(entities))?.isDescendant(Ask.uid("G", "0"), of: Ask.uid("G", "\(count - 1)"))
        }
        #expect(answer == true)
    }

    @Test(arguments: shapes)
    func `any depth is validated on a small stack`(shape: [String]) throws {
        let schema = try CedarSchema(
            cedar:
                "entity U = { a?: U, b: Long }; entity R; action x appliesTo { principal: U, resource: R, context: { a: Long } };"
        )
        for depth in [1, 31, 250, 499] {
            let text = String(repeating: shape[0], count: depth) + shape[1] + String(repeating: shape[2], count: depth)
            let condition = "permit(principal, action, resource) when { \(text) };"
            let isDone = onSmallStack {
                (try? CedarPolicySet(parsing: condition)).map { schema.validate($0, mode: .permissive).isValid } != nil
                    || true
            }
            #expect(isDone == true)
        }
    }

    @Test func `deep schemas are refused on a small stack`() {
        let answers = onSmallStack {
            [31, 32, 33, 50_000].map { depth in
                let type = String(repeating: "Set<", count: depth) + "Long" + String(repeating: ">", count: depth)
                let record = String(repeating: "{a: ", count: depth) + "Long" + String(repeating: "}", count: depth)
                let chain = (0..<depth).map { "type T\($0) = T\($0 + 1);" }.joined() + "type T\(depth) = Long;"
                return [
                    (try? CedarSchema(cedar: "entity A tags \(type);")) != nil,
                    (try? CedarSchema(cedar: "entity A tags \(record);")) != nil,
                    (try? CedarSchema(cedar: chain)) != nil,
                ]
            }
        }
        #expect(answers == [[true, true, true], [false, false, true], [false, false, true], [false, false, true]])
    }
}
