import Foundation

/// What the system says of a running process.
struct ProcessFigures {
    let id: Int32

    /// Resident memory in KiB.
    func residentKilobytes() throws -> Double {
        let status = try String(contentsOfFile: "/proc/\(id)/status", encoding: .utf8)
        guard let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmRSS:") }),
            let value = line.split(separator: " ").dropFirst().first.flatMap({ Double($0) })
        else { throw BenchError("the memory of process \(id) cannot be read") }
        return value
    }

    /// User and system time of all its threads so far, in steps of the system's clock (ten milliseconds).
    func processorMicroseconds() throws -> Double {
        let status = try String(contentsOfFile: "/proc/\(id)/stat", encoding: .utf8)
        // The name in brackets may hold anything: what follows it counts from the third field, `utime` is the fourteenth.
        let fields = status[(status.lastIndex(of: ")") ?? status.startIndex)...].split(separator: " ").dropFirst()
        let times = fields.dropFirst(11).prefix(2).compactMap { Double($0) }
        guard times.count == 2 else { throw BenchError("the time of process \(id) cannot be read") }
        return (times[0] + times[1]) / Double(sysconf(Int32(_SC_CLK_TCK))) * 1e6
    }
}
