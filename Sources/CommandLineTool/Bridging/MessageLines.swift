/// Cuts what a client writes into messages, one a line. A line that is too long is skipped to its end, so that the next message is
/// read where it begins.
struct MessageLines {
    enum Line: Hashable, Sendable {
        case message([UInt8])
        case tooLong
    }

    private var partial: [UInt8] = []
    private var isSkipping = false
    private let limit: Int

    init(limit: Int) {
        self.limit = limit
    }

    /// The lines that these bytes complete. Lines of white space alone are none.
    mutating func lines(in bytes: [UInt8]) -> [Line] {
        var lines: [Line] = []
        var rest = bytes[...]
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            append(rest[..<end])
            if let line = completed() { lines.append(line) }
            rest = rest[(end + 1)...]
        }
        append(rest)
        return lines
    }

    private mutating func append(_ piece: ArraySlice<UInt8>) {
        guard !isSkipping else { return }
        isSkipping = partial.count + piece.count > limit
        if isSkipping { partial = [] } else { partial += piece }
    }

    private mutating func completed() -> Line? {
        defer {
            partial.removeAll(keepingCapacity: true)
            isSkipping = false
        }
        if isSkipping { return .tooLong }
        let isBlank = partial.allSatisfy { [UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r")].contains($0) }
        return isBlank ? nil : .message(partial)
    }
}
