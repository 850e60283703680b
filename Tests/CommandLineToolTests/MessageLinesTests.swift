import Testing

@testable import CommandLineTool

@Suite struct MessageLinesTests {
    private func lines(_ text: String, piece: Int) -> [MessageLines.Line] {
        var splitter = MessageLines(limit: 8)
        var lines: [MessageLines.Line] = []
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            lines += splitter.lines(in: Array(rest.prefix(piece)))
            rest = rest.dropFirst(piece)
        }
        return lines
    }

    @Test(arguments: [1, 2, 3, 5, 100])
    func `lines are the same however the bytes arrive, and one that is too long does not take the next with it`(
        piece: Int
    ) {
        let text = "one\n\n \t\r\n12345678\n123456789\nthree\r\nunfinished"
        #expect(
            lines(text, piece: piece) == [
                .message(Array("one".utf8)), .message(Array("12345678".utf8)), .tooLong,
                .message(Array("three\r".utf8)),
            ])
    }
}
