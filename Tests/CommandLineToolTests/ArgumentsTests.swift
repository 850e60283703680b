import ArgumentParser
import CanonicalEncoding
@testable import CommandLineTool
import DomainModel
import Synchronization
import Testing

@Suite struct ArgumentsTests {
    @Test(arguments: [("90s", 90), ("30m", 1800), ("2h", 7200), ("90d", 7_776_000)] as [(String, Int64)])
    func `a span is digits and a unit`(text: String, seconds: Int64) {
        #expect(Span(argument: text)?.seconds == seconds)
    }

    @Test(arguments: ["", "5", "m", "-5m", "1.5h", "0s", "99999999999d", "9999d", "5 m"])
    func `anything else is no span`(text: String) {
        #expect(Span(argument: text) == nil)
    }

    @Test func `a target is a name, a type, an id and an environment`() {
        let target = TargetArgument(argument: "prod=Database:prod/orders@v2@prod")?.target
        #expect(target?.name == "prod" && target?.resource.type == "Database")
        #expect(target?.resource.id == "prod/orders@v2" && target?.environment == "prod")
        for text in ["prod", "prod=Database", "prod=Database:x", "=D:x@e", "a=:x@e", "a=D:@e", "a=D:x@"] {
            #expect(TargetArgument(argument: text) == nil, "\(text)")
        }
    }

    @Test func `a precondition's value follows its last equals sign`() {
        let fact = PreconditionArgument(argument: "count:orders where status = 'void'=1842")?.precondition
        #expect(fact?.provider == "count" && fact?.of == "orders where status = 'void'" && fact?.value == "1842")
        #expect(PreconditionArgument(argument: "count=3") == nil)
    }

    @Test func `an expectation names a bound`() {
        let bound = ExpectationArgument(argument: "rows:at_most=5")?.expectation
        #expect(bound?.bound == .atMost && bound?.value == "5")
        for text in ["rows=5", "rows:below=5", "rows:at_most=many", ":equals=1", "rows:equals="] {
            #expect(ExpectationArgument(argument: text) == nil, "\(text)")
        }
    }

    @Test func `a frozen tool is named as the registry names it`() {
        #expect(ScopeArgument(argument: "tool:shell/psql")?.scope == .tool("shell___psql"))
        #expect(ScopeArgument(argument: "everything")?.scope == .everything)
        #expect(ScopeArgument(argument: "tool:psql") == nil)
    }

    @Test func `what comes from outside is shown without control characters`() {
        let shown = Shown.text("a\u{1B}[2Jb\u{202E}c\r\n")
        #expect(shown.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value < 0x7F })
    }

    @Test func `JSON is shown with what drives a terminal escaped, and is the same document`() throws {
        let json: JSONValue = ["a": "x\u{202E}y\u{7F}\u{E0001}"]
        let shown = Terminal.text(of: json)
        #expect(shown.utf8.elementsEqual(#"{"a":"x\u202ey\u007f\udb40\udc01"}"#.utf8))
        #expect(try JSONReader.read(shown) == json)
    }

    @Test(arguments: [["help", "nonsense"], ["help", "run", "nonsense"], ["nonsense"]])
    func `help on a verb that does not exist is a usage error`(arguments: [String]) async {
        #expect(await Program.run(WholeProgram.self, arguments: arguments) == ExitStatus.usage.rawValue)
    }

    @Test func `a value that is written wrong is answered with how it is written`() {
        #expect(UsageHint.hint(for: "The value '5' is invalid for '--wait <span>'").contains("30m"))
        #expect(UsageHint.hint(for: "The value 'x' is invalid for '<tool>'").contains("SERVER/NAME"))
        #expect(UsageHint.hint(for: "Missing expected argument '<tool>'").contains("--help"))
    }

    @Test func `a server's address without a scheme is a usage error at once`() async {
        let arguments = ["request", "show", "req_x", "--server", "127.0.0.1:1234", "--agent", "a", "--key", "k"]
        #expect(await Program.run(WholeProgram.self, arguments: arguments) == ExitStatus.usage.rawValue)
        let options = try? ClientOptions.parse(["--server", "127.0.0.1:1234", "--agent", "a", "--key", "k"])
        let failure = #expect(throws: CommandFailure.self) {
            try options?.identity(ProcessSurroundings(environment: [], directory: "/"))
        }
        #expect(failure?.status == .usage)
    }

    @Test func `on a terminal a line is written over, elsewhere each change is a line`() {
        let written = Written()
        let line = ProgressLine(isTerminal: false) { written.append($0) }
        line.show("a")
        line.show("a")
        line.show("b")
        #expect(written.text == "a\nb\n")
    }
}

final class Written: Sendable {
    private let value = Mutex("")
    var text: String { value.withLock { $0 } }
    func append(_ text: String) { value.withLock { $0 += text } }
}
