/// Cuts a stream of bytes into lines; keeps no more of one than a limit.
struct LineSplitter {
    private var partial: [UInt8] = []
    private let limit: Int

    /// A line was longer than the limit: where the next one begins is known, but this one is lost.
    struct Overflow: Error {}

    init(limit: Int) {
        self.limit = limit
    }

    /// The lines that these bytes complete, without their ends. Lines of white space alone are none.
    mutating func lines(in bytes: [UInt8]) throws(Overflow) -> [[UInt8]] {
        var lines: [[UInt8]] = []
        var start = 0
        while let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) {
            try append(bytes[start..<end])
            if partial.last == UInt8(ascii: "\r") { partial.removeLast() }
            if !partial.allSatisfy({ $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }) { lines.append(partial) }
            partial.removeAll(keepingCapacity: true)
            start = end + 1
        }
        try append(bytes[start...])
        return lines
    }

    private mutating func append(_ bytes: ArraySlice<UInt8>) throws(Overflow) {
        guard partial.count + bytes.count <= limit else { throw Overflow() }
        partial += bytes
    }
}
