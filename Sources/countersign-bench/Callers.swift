/// Runs prepared operations with so many callers at once, each starting its next one when the last is answered.
enum Callers {
    struct Result {
        let processorMicroseconds: Double
        let perSecond: Double
        let latencies: Latencies
    }

    static func run(
        _ callers: Int, count: Int, _ operation: @escaping @Sendable (Int) async throws -> Void
    ) async throws -> Result {
        let watch = Stopwatch()
        let times = try await withThrowingTaskGroup(of: [Double].self) { group in
            for caller in 0..<callers {
                group.addTask { @concurrent in
                    var times: [Double] = []
                    for index in stride(from: caller, to: count, by: callers) {
                        let watch = Stopwatch.wallNow()
                        try await operation(index)
                        times.append(Stopwatch.wallNow() - watch)
                    }
                    return times
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        return Result(
            processorMicroseconds: watch.processorMicroseconds / Double(count),
            perSecond: Double(count) / (watch.wallMicroseconds / 1e6), latencies: Latencies(times))
    }
}
