import CanonicalEncoding
import Foundation
import Synchronization
import Testing

/// What must not cost more than its bytes. A quadratic way through these inputs takes many minutes; the limit of one minute is
/// no measurement.
@Suite(.timeLimit(.minutes(1)))
struct HostileInputTests {
    /// 64 KB that normalise in quadratic time.
    static let marks = String(repeating: "\u{301}\u{323}", count: 16_000)

    @Test func `alternating combining marks are only bytes, as names and as values`() throws {
        // Each name differs from the others in its last bytes only.
        let members = (0..<8).map { "\"\(Self.marks)\($0)\":\"\(Self.marks)\"" }
        let value = try JSONReader.read("{\(members.joined(separator: ","))}")
        #expect(value.objectValue?.count == 8)
        #expect(value[Text(Self.marks + "7")] == .string(Text(Self.marks)))
        let again = try JSONReader.read(CanonicalJSON.encode(value))
        #expect(again == value)
        #expect(Set([again, value]).count == 1)
    }

    /// 120,000 bytes of the same.
    static let manyMarks = Array(String(repeating: "\u{301}\u{323}", count: 30_000).utf8)

    @Test(arguments: ["{\"a\":\"", "{\""])
    func `120 kB of combining marks are refused at the byte that is too many, as value and as name`(start: String) {
        let document = Array(start.utf8) + Self.manyMarks + Array("\":0}".utf8)
        #expect(Self.manyMarks.count == 120_000)
        let error = refusal(of: document)
        #expect(error?.code == .stringTooLong)
        // Refused where it is beyond its limit, and not after everything was read.
        let position = error?.position ?? 0
        #expect(position <= start.utf8.count + JSONLimits.standard.stringBytes + 4, "\(position)")
    }

    @Test(arguments: [("{\"a\":\"", "\"}"), ("{\"", "\":1}")])
    func `120 kB of combining marks cost what as many other letters cost`(start: String, end: String) throws {
        let limits = JSONLimits(stringBytes: 120_000)
        let marks = Array(start.utf8) + Self.manyMarks + Array(end.utf8)
        let letters = Array(start.utf8) + Array(String(repeating: "я", count: 60_000).utf8) + Array(end.utf8)
        #expect(letters.count == marks.count)
        let read = try JSONReader.read(marks, limits: limits)
        #expect(CanonicalJSON.encode(read) == marks)
        #expect(try JSONReader.read(marks, limits: limits) == read)
        // In turns and the least of each, so that both meet the same machine. Letters of two bytes are never put in order or
        // composed; quadratic work on marks would cost thousands of times as much.
        var least: (marks: Duration, letters: Duration) = (.seconds(3600), .seconds(3600))
        for _ in 0..<5 {
            least.marks = min(least.marks, try Self.cost(of: marks, limits))
            least.letters = min(least.letters, try Self.cost(of: letters, limits))
        }
        #expect(least.marks < least.letters * 4, "\(least)")
    }

    /// Reading, writing, comparing, hashing, and a digest.
    private static func cost(of document: [UInt8], _ limits: JSONLimits) throws -> Duration {
        try ContinuousClock().measure {
            let value = try JSONReader.read(document, limits: limits)
            let other = try JSONReader.read(CanonicalJSON.encode(value), limits: limits)
            #expect(Set([value, other]).count == 1)
            #expect(Digest(domain: "countersign.action.v1", value) == Digest(domain: "countersign.action.v1", other))
        }
    }

    @Test func `100,000 members of one object are read, found, sorted and compared`() throws {
        let count = 60_000
        let value = try JSONReader.read("{\((0..<count).reversed().map { "\"\($0)\":\($0)" }.joined(separator: ","))}")
        let object = try #require(value.objectValue)
        for index in 0..<count { #expect(object[Text(String(index))] == .integer(Int64(index))) }
        let canonical = CanonicalJSON.encode(value)
        #expect(try JSONReader.read(canonical) == value)
        let short = (0..<100_000).map { "\"\(String($0, radix: 36))\":0" }.joined(separator: ",")
        #expect(try JSONReader.read("{\(short)}").objectValue?.count == 100_000)
    }

    @Test func `a duplicate at the end of 100,000 members is found`() {
        let names = (0..<100_000).map { "\"\(String($0, radix: 36))\":0" }.joined(separator: ",")
        #expect(refusal(of: Array("{\(names),\"0\":0}".utf8))?.code == .duplicateName)
    }

    @Test func `a megabyte of escapes, brackets, digits or spaces is read in passing`() {
        let documents = [
            "[\(String(repeating: #""\u0301\u0323","#, count: 60_000))0]",
            "[\(String(repeating: "[],", count: 300_000))0]",
            "[\(String(repeating: "0.1,", count: 200_000))0]",
            String(repeating: " ", count: 1_000_000) + "0",
        ]
        for document in documents { #expect(refusal(of: Array(document.utf8)) == nil) }
        #expect(refusal(of: [UInt8](repeating: UInt8(ascii: "["), count: 1_000_000))?.code == .tooDeep)
    }

    @Test func `the deepest document fits a stack of 256 KiB`() throws {
        let depth = 63
        let document =
            String(repeating: #"{"a":[1,"#, count: depth / 2) + "{}" + String(repeating: "]}", count: depth / 2)
        let verdict = Mutex<Bool?>(nil)
        let done = DispatchSemaphore(value: 0)
        let thread = Thread {
            let value = try? JSONReader.read(document)
            let other = try? JSONReader.read(document)
            let canonical = value.map { CanonicalJSON.encode($0) }
            let isTooDeep = refusal(of: [UInt8](repeating: UInt8(ascii: "["), count: 1000))?.code == .tooDeep
            let isSame = value != nil && value == other && Set([value, other]).count == 1
            let isCBORFine = (try? CBORReader.read([UInt8](repeating: 0x81, count: 16) + [0])) != nil
            verdict.withLock { $0 = isTooDeep && isSame && isCBORFine && canonical == Array(document.utf8) }
            done.signal()
        }
        thread.stackSize = 256 * 1024
        thread.start()
        done.wait()
        #expect(verdict.withLock { $0 } == true)
    }
}
