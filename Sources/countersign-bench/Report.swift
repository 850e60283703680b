import Foundation

/// The table as it grows: a line is printed as soon as it is measured.
struct Report {
    /// What of a row decides about success.
    enum Gate {
        case atMost(Double)
        case atLeast(Double)
        /// Depends on the disk or the neighbours: shown and not judged.
        case reported(String)
    }

    private(set) var missed: [String] = []

    mutating func add(_ row: String, _ value: Double, _ unit: String, _ gate: Gate, beside: String) {
        let (target, isMet): (String, Bool?) =
            switch gate {
            case .atMost(let limit): ("≤ \(Self.text(limit))", value <= limit)
            case .atLeast(let limit): ("≥ \(Self.text(limit))", value >= limit)
            case .reported(let target): (target, nil)
            }
        let verdict = isMet.map { $0 ? "met" : "**missed**" } ?? "reported"
        if isMet == false { missed.append(row) }
        let line = "| \(row) | \(Self.text(value)) \(unit) | \(target) | \(beside) | \(verdict) |\n"
        FileHandle.standardOutput.write(Data(line.utf8))
    }

    /// A row that cannot be measured here, and why.
    func leaveOut(_ row: String, target: String, because reason: String) {
        FileHandle.standardOutput.write(Data("| \(row) | – | \(target) | \(reason) | not measured |\n".utf8))
    }

    static func text(_ value: Double) -> String {
        value == value.rounded() || value >= 100
            ? String(format: "%.0f", value) : String(format: value < 1 ? "%.3f" : "%.1f", value)
    }
}
