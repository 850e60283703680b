import CanonicalEncoding
import Foundation
import Testing
import WireProtocol

@Suite struct ProblemCodeTests {
    @Test(arguments: ProblemCode.allCases)
    func `every code is in the catalogue with a status, a title and advice`(code: ProblemCode) {
        #expect((400...599).contains(code.status))
        #expect(!code.title.isEmpty && !code.title.hasSuffix("."))
        #expect(code.advice.hasSuffix("."))
        #expect(code == .internal || code.title != ProblemCode.internal.title)
    }

    @Test(arguments: ProblemCode.allCases)
    func `a code is snake case`(code: ProblemCode) {
        #expect(
            code.rawValue.utf8.allSatisfy { ($0 >= 0x61 && $0 <= 0x7A) || $0 == 0x5F || ($0 >= 0x30 && $0 <= 0x39) })
    }

    @Test(arguments: JSONReadingError.Code.allCases)
    func `every refusal of the strict reader has a code of the same word`(code: JSONReadingError.Code) {
        #expect(ProblemCode(code).rawValue == code.rawValue)
    }

    @Test(arguments: MemberError.Code.allCases)
    func `every refusal of the member reader has a code of the same word`(code: MemberError.Code) {
        #expect(ProblemCode(code).rawValue == code.rawValue)
    }

    @Test func `proof errors are 400 at the token endpoint and 401 elsewhere`() {
        for code in [ProblemCode.useDPoPNonce, .invalidDPoPProof] {
            #expect(code.oauth.status == 400)
            #expect(code.oauth.word.rawValue == code.rawValue)
            #expect(code.status == 401)
        }
        #expect(ProblemCode.storeUnavailable.oauth == (.temporarilyUnavailable, 503))
        #expect(ProblemCode.internal.oauth == (.serverError, 500))
        #expect(ProblemCode.missingMember.oauth == (.invalidRequest, 400))
    }

    @Test func `a problem document reads back`() {
        let problem = ProblemDocument(
            code: .jsonDuplicateName, detail: "`a` occurs twice.", hint: "Send it once.", position: 7, instance: "42")
        #expect(ProblemDocument(json: problem.json) == problem)
        #expect(problem.json["type"] == "urn:countersign:problem:json_duplicate_name")
        #expect(problem.json["status"] == 400)
    }

    @Test func `a problem without a hint carries the advice of its code`() {
        let problem = ProblemDocument(code: .frozen, detail: "The tool is frozen.")
        #expect(problem.json["hint"]?.stringValue == ProblemCode.frozen.advice)
    }

    /// The modules that answer calls; the command line and the client only read what they say.
    private static let emitters = ["AuthorityCore", "AgentEndpoints", "ApproverConsole", "ServerRuntime"]

    private static let emitted: Set<String> = {
        var words: Set<String> = []
        for module in emitters {
            let folder = Repository.file("Sources/\(module)").path
            for path in FileManager.default.enumerator(atPath: folder)?.compactMap({ $0 as? String }) ?? []
            where path.hasSuffix(".swift") {
                let text = (try? String(contentsOfFile: "\(folder)/\(path)", encoding: .utf8)) ?? ""
                words.formUnion(text.matches(of: /\.(\w+)/).map { String($0.output.1) })
            }
        }
        return words
    }()

    @Test(arguments: ProblemCode.allCases)
    func `every code is one that the server sends`(code: ProblemCode) {
        // Those of the readers are made from their words (`ProblemCode+Reading.swift`).
        let read = JSONReadingError.Code.allCases.map(\.rawValue) + MemberError.Code.allCases.map(\.rawValue)
        #expect(Self.emitted.contains("\(code)") || read.contains(code.rawValue))
    }

    @Test func `the reference lists every code with its status, title and advice`() throws {
        let page = try String(contentsOf: Repository.file("docs/reference/problems.md"), encoding: .utf8)
        let listed = page.split(separator: "\n").filter { $0.hasPrefix("| `") }.map(String.init)
        let expected = ProblemCode.allCases.map { code in
            "| `\(code.rawValue)` | \(code.status) | \(code.title) | \(code.advice) |"
        }
        #expect(listed.filter { !expected.contains($0) } == [], "lines that no code has")
        #expect(expected.filter { !listed.contains($0) } == [], "codes that the page lacks")
    }
}

enum Repository {
    static func file(_ path: String) -> URL {
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: path)
    }
}
