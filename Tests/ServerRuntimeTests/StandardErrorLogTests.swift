import CanonicalEncoding
import Logging
import SecretMaterial
import ServerRuntime
import Testing

@Suite struct StandardErrorLogTests {
    private static func line(_ message: String, _ metadata: Logger.Metadata = [:]) -> String {
        StandardErrorLog.line(at: Timestamp(milliseconds: 0), .info, "server", message, metadata)
    }

    @Test func `a line has time, level, message and pairs in order`() {
        #expect(
            Self.line("ready", ["port": "7420", "host": "127.0.0.1"])
                == "1970-01-01T00:00:00.000Z info server: ready host=127.0.0.1 port=7420\n")
    }

    @Test(arguments: ["a\nb", "a\u{1B}[31mb", "a\u{202E}b", "a\u{7F}b", "a\u{2028}b", "a\r\nb"])
    func `what comes from outside cannot forge a line`(text: String) {
        let line = Self.line(text, ["value": .string(text), "\(text)": "x"])
        let body = line.dropLast()
        #expect(line.last == "\n")
        #expect(body.unicodeScalars.allSatisfy { !$0.properties.generalCategory.isControl })
        #expect(body.contains("\\u{"))
    }

    @Test func `quotes cannot be closed from inside`() {
        #expect(Self.line("m", ["k": "a\" b=\"c"]).hasSuffix(#"k="a\" b=\"c""# + "\n"))
    }

    @Test func `a secret stays one`() {
        #expect(!Self.line("m", ["k": "\(Secret("hunter2"))"]).contains("hunter2"))
    }
}

extension Unicode.GeneralCategory {
    fileprivate var isControl: Bool {
        switch self {
        case .control, .format, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }
}
