import Synchronization

/// What somebody sees who waits: on a terminal one line that is written over, elsewhere a line for each change.
final class ProgressLine: Sendable {
    private let isTerminal: Bool
    private let write: @Sendable (String) -> Void
    private let last = Mutex("")

    init(isTerminal: Bool, write: @escaping @Sendable (String) -> Void) {
        self.isTerminal = isTerminal
        self.write = write
    }

    static var standardError: ProgressLine {
        ProgressLine(isTerminal: Terminal.standardErrorIsTerminal) { Terminal.write($0, to: 2) }
    }

    /// Shows a line unless it is shown already.
    func show(_ line: String) {
        let isNew = last.withLock { last in
            defer { last = line }
            return !last.utf8.elementsEqual(line.utf8)
        }
        guard isNew else { return }
        write(isTerminal ? "\r\u{1B}[K\(line)" : line + "\n")
    }

    /// Leaves the line behind and begins another.
    func finish() {
        let wasShown = last.withLock { last in
            defer { last = "" }
            return !last.isEmpty
        }
        if isTerminal, wasShown { write("\n") }
    }
}
