package import CanonicalEncoding

/// Runs recorded cases, one JSON document a line, and counts where this implementation agrees with the record.
///
/// The kinds of records are told apart by their members: `est` beside `cedar` text; `kind`; otherwise a case with requests.
package struct CedarConformance: Sendable {
    /// What one record was found to say.
    package enum Verdict: Hashable, Sendable {
        /// Everything agrees; so many questions were asked.
        case agrees(checks: Int)
        /// The first difference, in one sentence.
        case differs(String)
    }

    /// Records that agree.
    package private(set) var passed = 0
    /// Records that do not.
    package private(set) var failed = 0
    /// Single questions inside of the records that agree: requests, conversions, validations.
    package private(set) var checks = 0
    /// The first differences, each with its place.
    package private(set) var differences: [String] = []

    /// How many differences are kept.
    private let shown: Int

    /// Keeps at most so many differences.
    package init(shown: Int = 20) {
        self.shown = shown
    }

    /// Every line of a file, which may be packed with gzip. Throws when the file cannot be unpacked.
    package mutating func run(_ content: [UInt8], named name: String) throws(GzipError) {
        let text = Gzip.isGzip(content) ? try Gzip.unpack(content, limit: 1 << 30) : content
        for (index, line) in text.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
            guard !line.allSatisfy({ $0 == 0x20 || $0 == 0x0D }) else { continue }
            switch Self.verdict(Array(line)) {
            case .agrees(let count):
                passed += 1
                checks += count
            case .differs(let difference):
                failed += 1
                if differences.count < shown { differences.append("\(name):\(index + 1): \(difference)") }
            }
        }
    }

    /// What one record says.
    package static func verdict(_ line: [UInt8]) -> Verdict {
        let record: ConformanceRecord
        do {
            record = try ConformanceRecord(line)
        } catch {
            return .differs("this is no record: \(error.code.rawValue) at byte \(error.position)")
        }
        if record.member("est") != nil { return FormConformance.verdict(record) }
        return switch record.text("kind") {
        case "expression": CaseConformance.expression(record)
        case "policy-form": CaseConformance.policyForm(record)
        case "multi-policy", nil: CaseConformance.requests(record)
        case let kind?: .differs("records of the kind \(StringEscapes.quoted(kind)) are unknown")
        }
    }
}
