import Testing

/// A rule that cannot fail is none: each is broken here on purpose.
@Suite struct HouseRuleSensitivityTests {
    private static let long = (0..<41).map { "        let value\($0) = \($0)" }.joined(separator: "\n")
    private static let broken: [(HouseRule, String)] = [
        (.outsideImport, "import GRDB"),
        (.outsideImport, "package import Foundation"),
        (.outsideImport, "import struct Foundation.Data"),
        (.forbiddenCode, "final class Box: @unchecked Sendable {}"),
        (.forbiddenCode, "func stop() { fatalError() }"),
        (.forbiddenCode, "let value = try! read()"),
        (.forbiddenCode, "let value = thing as! Thing"),
        (.forbiddenCode, "let value = list.first!"),
        (.forbiddenCode, "let value = list[0]!.name"),
        (.clock, "let now = Date()"),
        (.printing, "func say() { print(1) }"),
        (.fileSize, String(repeating: "let value = 1\n", count: 301)),
        (.functionSize, "func long() {\n\(long)\n}"),
        (.functionSize, "func long(\n    of name: Int\n) throws -> Int\nwhere Name: Name {\n\(long)\n}"),
        (.typeSize, "struct Wide {\n\((0..<13).map { "    var value\($0): Int" }.joined(separator: "\n"))\n}"),
        (.parameters, "func many(a: Int, b: Int, c: Int, d: [Int: Int], e: (Int, Int), f: Int) {}"),
        (.parameters, "init(\n    a: Int, b: Int, c: Int,\n    d: Int, e: Int, f: Int\n) {\n    start()\n}"),
        (.documentation, "package struct Bare {\n    var value: Int\n}"),
        (.documentation, "public enum Bare {\n    case one\n}"),
        (.documentation, "package func bare() {\n\(long)\n}"),
        (.name, "struct TokenManager {}"),
        (.name, "enum StringUtils {}"),
        (.name, "func process(_ bytes: Int) {}"),
        (.name, "func handleRequest() {}"),
        (.unfinished, "// TODO: later"),
    ]

    @Test(arguments: broken)
    func `each rule notices when it is broken`(rule: HouseRule, text: String) {
        #expect(!rule.violations(in: SourceFile(path: "DomainModel/Broken.swift", text: text)).isEmpty)
    }

    private static let kept: [(HouseRule, String)] = [
        (.outsideImport, "package import CanonicalEncoding"),
        (.forbiddenCode, "let text = \"fatalError( try! as! x!\" // list.first!"),
        (.forbiddenCode, "if !isOpen, left != right {}"),
        (.forbiddenCode, "let text = \"\\(names[\"a\"] ?? \"try!\") try!\""),
        (.clock, "let validity = EndDate()"),
        (.printing, "let text = fingerprint(of: key)"),
        (.functionSize, "func short() {\n    return\n}\n\(long)"),
        (.typeSize, "struct Fine {\n\((0..<13).map { "    var value\($0): Int { 1 }" }.joined(separator: "\n"))\n}"),
        (.parameters, "func few(a: (Int, Int, Int), b: [Int: Int], c: Box<Int, Int>, d: Int = max(1, 2), e: Int) {}"),
        (.parameters, "init(a: Int, b: Int, c: Int, d: Int, e: Int, f: Int) {\n    self.a = a\n}"),
        (.documentation, "package enum AgentKind: NameKind { static let prefix = 1 }"),
        (.documentation, "/// What it is.\n@frozen\npackage struct Told {}"),
        (.name, "package struct Handle<Kind> {}"),
        (.unfinished, "let mastodon = TODOS"),
    ]

    @Test(arguments: kept)
    func `no rule cries wolf`(rule: HouseRule, text: String) {
        #expect(rule.violations(in: SourceFile(path: "DomainModel/Kept.swift", text: text)).isEmpty)
    }
}
