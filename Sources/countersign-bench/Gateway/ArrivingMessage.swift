/// One message of HTTP/1.1 as it arrives. It knows only where the message ends, so that reading it costs next to nothing.
struct ArrivingMessage {
    private enum Ending {
        case length(Int)
        case chunks
    }

    private(set) var bytes: [UInt8] = []
    private var bodyStart: Int?
    private var ending = Ending.length(0)

    mutating func take(_ part: some Collection<UInt8>) {
        bytes.append(contentsOf: part)
        if bodyStart == nil { readHead() }
    }

    mutating func clear() {
        bytes.removeAll(keepingCapacity: true)
        bodyStart = nil
    }

    var isComplete: Bool {
        guard let bodyStart else { return false }
        return switch ending {
        case .length(let length): bytes.count >= bodyStart + length
        case .chunks: bytes.suffix(5).elementsEqual("0\r\n\r\n".utf8)
        }
    }

    /// As it came: in chunks, where it is made of them.
    var body: ArraySlice<UInt8> { bytes[(bodyStart ?? bytes.endIndex)...] }

    func begins(with text: StaticString) -> Bool {
        text.withUTF8Buffer { bytes.prefix($0.count).elementsEqual($0) }
    }

    func contains(_ text: StaticString) -> Bool {
        text.withUTF8Buffer { position(of: $0, below: bytes.count) != nil }
    }

    private mutating func readHead() {
        guard let end = Self.emptyLine.withUTF8Buffer({ position(of: $0, below: bytes.count) }) else { return }
        bodyStart = end + 4
        if let field = Self.length.withUTF8Buffer({ position(of: $0, below: end) }) {
            let digits = bytes[(field + Self.length.utf8CodeUnitCount)..<end].drop { $0 == UInt8(ascii: " ") }
            ending = .length(
                digits.prefix { $0 >= 48 && $0 <= 57 }.reduce(0) { min($0, 1 << 40) * 10 + Int($1) - 48 })
        } else if Self.chunked.withUTF8Buffer({ position(of: $0, below: end) }) != nil {
            ending = .chunks
        } else {
            ending = .length(0)
        }
    }

    private static let emptyLine: StaticString = "\r\n\r\n"
    private static let length: StaticString = "\r\ncontent-length:"
    private static let chunked: StaticString = "\r\ntransfer-encoding: chunked"

    /// Where the words stand, in capitals or not; `words` has none.
    private func position(of words: UnsafeBufferPointer<UInt8>, below end: Int) -> Int? {
        bytes.withUnsafeBufferPointer { bytes in
            guard words.count <= end else { return nil }
            return (0...(end - words.count)).first { start in
                words.indices.allSatisfy { Self.small(bytes[start + $0]) == words[$0] }
            }
        }
    }

    private static func small(_ byte: UInt8) -> UInt8 { byte >= 65 && byte <= 90 ? byte + 32 : byte }
}
