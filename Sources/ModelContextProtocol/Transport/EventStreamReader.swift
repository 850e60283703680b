/// Reads `text/event-stream` (the HTML standard, 9.2.6): gives the data of each event. Only what Streamable HTTP uses is kept.
package struct EventStreamReader {
    private var line: [UInt8] = []
    private var data: [UInt8] = []
    private var hasData = false
    private var endedWithReturn = false
    private let limit: Int

    /// An event was larger than the limit.
    package struct Overflow: Error {}

    package init(limit: Int) {
        self.limit = limit
    }

    /// The data of each event that these bytes complete; what has begun is kept for the next ones.
    package mutating func events(in bytes: some Sequence<UInt8>) throws(Overflow) -> [[UInt8]] {
        var events: [[UInt8]] = []
        for byte in bytes {
            let wasReturn = endedWithReturn
            endedWithReturn = byte == UInt8(ascii: "\r")
            if byte == UInt8(ascii: "\n"), wasReturn { continue }
            guard byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") else {
                line.append(byte)
                guard line.count + data.count <= limit else { throw Overflow() }
                continue
            }
            if let event = endLine() { events.append(event) }
        }
        return events
    }

    private mutating func endLine() -> [UInt8]? {
        defer { line.removeAll(keepingCapacity: true) }
        if line.isEmpty {
            defer {
                data = []
                hasData = false
            }
            return hasData ? data : nil
        }
        let field = Array("data:".utf8)
        guard line.starts(with: field) else { return nil }
        let value = line.dropFirst(field.count)
        if hasData { data.append(UInt8(ascii: "\n")) }
        data += value.first == UInt8(ascii: " ") ? value.dropFirst() : value
        hasData = true
        return nil
    }
}
