import ModelContextProtocol
import Testing

struct EventStreamReaderTests {
    private func events(_ text: String, piece: Int = .max) throws -> [String] {
        var reader = EventStreamReader(limit: 100)
        var events: [[UInt8]] = []
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            events += try reader.events(in: rest.prefix(piece))
            rest = rest.dropFirst(min(piece, rest.count))
        }
        return events.map { String(decoding: $0, as: UTF8.self) }
    }

    @Test(arguments: [1, 2, 3, .max])
    func `events are what the standard says, however the bytes arrive`(piece: Int) throws {
        #expect(
            try events("data: a\n\ndata:b\r\ndata: c\r\n\r\n: ping\n\nevent: x\rdata: d\r\r", piece: piece) == [
                "a", "b\nc", "d",
            ])
        #expect(try events("data\n\nid: 1\n\ndata: unfinished", piece: piece) == [])
    }

    @Test func `an event beyond the limit is refused`() {
        #expect(throws: EventStreamReader.Overflow.self) { try events("data: " + String(repeating: "x", count: 200)) }
    }
}
