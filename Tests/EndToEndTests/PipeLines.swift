import Foundation
import Synchronization

/// What a program writes to a pipe, line by line.
final class PipeLines: Sendable {
    let pipe = Pipe()
    private let written = Mutex<[UInt8]>([])

    init() {
        pipe.fileHandleForReading.readabilityHandler = { [weak self] handle in
            let data = handle.availableData
            if data.isEmpty { handle.readabilityHandler = nil }
            self?.written.withLock { $0 += data }
        }
    }

    /// The next whole line, without its end.
    func next() -> [UInt8]? {
        written.withLock { written in
            guard let end = written.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
            defer { written.removeFirst(end + 1) }
            return Array(written[..<end])
        }
    }

    /// What nobody has taken yet.
    var rest: String { String(decoding: written.withLock { $0 }, as: UTF8.self) }

    /// As a reader who is gone.
    func close() throws {
        pipe.fileHandleForReading.readabilityHandler = nil
        try pipe.fileHandleForReading.close()
    }
}
