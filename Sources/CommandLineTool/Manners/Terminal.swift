package import CanonicalEncoding
import Glibc
import Synchronization

/// The two streams of a program: results to standard output, everything else to standard error.
///
/// What comes from outside goes through `Shown` before it comes here.
package enum Terminal {
    package static var standardErrorIsTerminal: Bool { isatty(STDERR_FILENO) == 1 }

    /// What every line begins with from now on, on both streams and whoever writes it, but for JSON.
    ///
    /// For a program that has to be told apart from the real thing whatever becomes of it.
    package static func markLines(with mark: String) { self.mark.withLock { $0 = mark } }

    private static let mark = Mutex("")

    private static func marked(_ text: String) -> String {
        let mark = mark.withLock { $0 }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        return lines.map { "\(mark)\($0)\n" }.joined()
    }

    /// A line of the result, or several.
    package static func result(_ line: String) { write(marked(line), to: STDOUT_FILENO) }

    /// JSON for machines: canonical, one line.
    package static func result(_ json: JSONValue) { write(text(of: json) + "\n", to: STDOUT_FILENO) }

    /// Canonical, and what a terminal could act upon is escaped as well: the same document to every reader.
    package static func text(of json: JSONValue) -> String {
        var text = ""
        for scalar in CanonicalJSON.text(json).unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator:
                for unit in String(scalar).utf16 {
                    let digits = String(unit, radix: 16)
                    text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                }
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }

    /// Whether standard output has refused something: then the result did not arrive.
    static var hasLostOutput: Bool { lostOutput.load(ordering: .relaxed) }

    private static let lostOutput = Atomic(false)

    /// A line for whoever watches.
    package static func note(_ line: String) { write(marked(line), to: STDERR_FILENO) }

    /// `countersign: error: …`, then `countersign: hint: …`.
    package static func report(_ failure: CommandFailure) {
        note("countersign: error: \(Shown.text(failure.message))")
        note("countersign: hint: \(Shown.text(failure.hint))")
    }

    /// All of it, however the descriptor takes it; a closed pipe is no reason to stop.
    static func write(_ text: String, to descriptor: Int32) {
        if descriptor == STDOUT_FILENO, let page {
            page.text.withLock { $0 += text }
        } else {
            write(Array(text.utf8), to: descriptor)
        }
    }

    /// What results are written on in place of standard output, within one task: a test reads what a verb prints.
    final class Page: Sendable {
        let text = Mutex("")
    }

    @TaskLocal static var page: Page?

    static func write(_ bytes: [UInt8], to descriptor: Int32) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 {
                guard errno == EINTR || errno == EAGAIN else {
                    if descriptor == STDOUT_FILENO { lostOutput.store(true, ordering: .relaxed) }
                    return
                }
            } else {
                rest = rest.dropFirst(count)
            }
        }
    }
}
