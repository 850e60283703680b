import AuthorityCore
import CanonicalEncoding
import Foundation

/// Durable requests that policy allows: authenticate, read the body, decide, store, log.
enum OpeningRows {
    static func run(into report: inout Report) async throws {
        let bench = try await BenchAuthority(in: BenchAuthority.freshDirectory())
        _ = try await round(bench, callers: 32, count: 2_000, bytes: 150)
        let verification = try bench.bareVerification()
        let many = try await round(bench, callers: 32, count: 8_000, bytes: 150)
        let grouped = try DiskProbe.grouped(waiters: 32, in: bench.directory)
        report.add(
            "durable request, 150 B, 32 callers", many.processorMicroseconds - verification, "µs CPU",
            .atMost(90), beside: "the proof's bare verification \(Report.text(verification)) µs, not counted")
        report.add(
            "the same: rate", many.perSecond, "/s", .reported("≥ 30 % of grouped fdatasync"),
            beside: "grouped fdatasync \(Report.text(grouped)) /s: \(Report.text(100 * many.perSecond / grouped)) %")
        let before = try DiskProbe.single(in: bench.directory)
        let one = try await round(bench, callers: 1, count: 1_000, bytes: 150)
        let sync = (before + (try DiskProbe.single(in: bench.directory))) / 2
        let median = one.latencies.percentile(0.5)
        report.add(
            "the same, one caller: p50", median, "µs", .reported("≤ 3 × fdatasync"),
            beside: "append and fdatasync \(Report.text(sync)) µs: \(Report.text(median / sync)) ×")
        let large = try await round(bench, callers: 32, count: 4_000, bytes: 2_048)
        report.add(
            "durable request, 2 KB, 32 callers", large.processorMicroseconds - verification, "µs CPU",
            .reported("–"), beside: "\(Report.text(large.perSecond)) /s")
        report.add(
            "the same: p99", large.latencies.percentile(0.99) / 1000, "ms", .reported("≤ 15 ms"),
            beside: "p50 \(Report.text(large.latencies.percentile(0.5) / 1000)) ms")
        try await bench.close()
    }

    /// The operations alone, for a profiler.
    static func profile(count: Int, bytes: Int) async throws {
        let bench = try await BenchAuthority(in: BenchAuthority.freshDirectory())
        _ = try await round(bench, callers: 32, count: count, bytes: bytes)
        try await bench.close()
    }

    private static func round(
        _ bench: BenchAuthority, callers: Int, count: Int, bytes: Int
    ) async throws -> Callers.Result {
        let token = try await bench.accessToken()
        // The client's work is done before: only the server's is measured.
        let calls = try (0..<count).map { _ in try bench.call("POST", "/v1/requests", token: token) }
        let body = CanonicalJSON.encode(["action": Workload.action(bytes: bytes)])
        return try await Callers.run(callers, count: count) { index in
            let caller = try await AuthenticateCall(bench.authority).run(calls[index])
            let answer = try await OpenRequest(bench.authority).run(
                caller, body: try JSONReader.read(body), idempotencyKey: nil)
            guard answer.view["status"] == "approved" else { throw BenchError("policy did not allow the action") }
        }
    }
}
