package import CanonicalEncoding
import Glibc

/// The two streams of a program: results to standard output, everything else to standard error.
///
/// What comes from outside goes through `Shown` before it comes here.
package enum Terminal {
    package static var standardErrorIsTerminal: Bool { isatty(STDERR_FILENO) == 1 }

    /// A line of the result.
    package static func result(_ line: String) { write(line + "\n", to: STDOUT_FILENO) }

    /// JSON for machines: canonical, one line.
    package static func result(_ json: JSONValue) { result(CanonicalJSON.text(json)) }

    /// A line for whoever watches.
    package static func note(_ line: String) { write(line + "\n", to: STDERR_FILENO) }

    /// `countersign: error: …`, then `countersign: hint: …`.
    package static func report(_ failure: CommandFailure) {
        note("countersign: error: \(Shown.text(failure.message))")
        if let hint = failure.hint { note("countersign: hint: \(Shown.text(hint))") }
    }

    /// All of it, however the descriptor takes it; a closed pipe is no reason to stop.
    static func write(_ text: String, to descriptor: Int32) { write(Array(text.utf8), to: descriptor) }

    static func write(_ bytes: [UInt8], to descriptor: Int32) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 {
                guard errno == EINTR || errno == EAGAIN else { return }
            } else {
                rest = rest.dropFirst(count)
            }
        }
    }
}
