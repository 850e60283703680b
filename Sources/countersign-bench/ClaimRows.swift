import AuthorityCore
import CanonicalEncoding
import DomainModel
import Foundation
import Synchronization
import WireProtocol

/// Token and proof verified, the grant consumed, durably; and nobody twice.
enum ClaimRows {
    static func run(into report: inout Report) async throws {
        let bench = try await BenchAuthority(in: BenchAuthority.freshDirectory())
        _ = try await round(bench, callers: 32, count: 500)
        let verification = try bench.bareVerification()
        let many = try await round(bench, callers: 32, count: 4_000)
        let grouped = try DiskProbe.grouped(waiters: 32, in: bench.directory)
        report.add(
            "verify token and proof, claim, 32 callers", many.processorMicroseconds - 2 * verification, "µs CPU",
            .atMost(150), beside: "two bare verifications \(Report.text(2 * verification)) µs, not counted")
        report.add(
            "the same: rate", many.perSecond, "/s", .reported("≥ 9,000 /s"),
            beside: "grouped fdatasync \(Report.text(grouped)) /s: \(Report.text(100 * many.perSecond / grouped)) %; "
                + "p99 \(Report.text(many.latencies.percentile(0.99) / 1000)) ms")
        let second = try await secondWinners(bench, grants: 200, claimants: 8)
        report.add(
            "second winners, 200 grants, 8 claimants each", Double(second), "", .atMost(0), beside: "0")
        try await bench.close()
    }

    static func profile(count: Int) async throws {
        let bench = try await BenchAuthority(in: BenchAuthority.freshDirectory())
        _ = try await round(bench, callers: 32, count: count)
        try await bench.close()
    }

    private static func round(_ bench: BenchAuthority, callers: Int, count: Int) async throws -> Callers.Result {
        let bodies = try await grants(bench, count: count)
        let token = try await bench.accessToken()
        let calls = try (0..<count).map { _ in try bench.call("POST", "/v1/claims", token: token) }
        return try await Callers.run(callers, count: count) { index in
            let caller = try await AuthenticateCall(bench.authority).run(calls[index])
            _ = try await ClaimExecution(bench.authority).run(
                caller, body: try JSONReader.read(bodies[index]), idempotencyKey: nil)
        }
    }

    /// How many claims of one grant won beyond the first.
    private static func secondWinners(_ bench: BenchAuthority, grants: Int, claimants: Int) async throws -> Int {
        let bodies = try await Self.grants(bench, count: grants)
        let token = try await bench.accessToken()
        let calls = try (0..<grants * claimants).map { _ in try bench.call("POST", "/v1/claims", token: token) }
        let won = Mutex([Int](repeating: 0, count: grants))
        _ = try await Callers.run(claimants, count: grants * claimants) { index in
            let caller = try await AuthenticateCall(bench.authority).run(calls[index])
            do {
                _ = try await ClaimExecution(bench.authority).run(
                    caller, body: try JSONReader.read(bodies[index / claimants]), idempotencyKey: nil)
                won.withLock { $0[index / claimants] += 1 }
            } catch let error as AuthorityError where error.code == .alreadyClaimed {}
        }
        let wins = won.withLock { $0 }
        guard !wins.contains(0) else { throw BenchError("a grant was claimed by nobody") }
        return wins.reduce(0) { $0 + $1 - 1 }
    }

    /// Bodies of claims, each of a fresh grant.
    private static func grants(_ bench: BenchAuthority, count: Int) async throws -> [[UInt8]] {
        let caller = try await bench.caller()
        let bodies = Mutex([[UInt8]](repeating: [], count: count))
        _ = try await Callers.run(32, count: count) { index in
            let opened = try await OpenRequest(bench.authority).run(
                caller, body: ["action": Workload.action(bytes: 150)], idempotencyKey: nil)
            guard let id = opened.view["id"]?.textValue, let action = opened.view["action"] else {
                throw BenchError("a request has no handle")
            }
            let issued = try await IssueActionToken(bench.authority).run(
                caller, id: id, body: ["audience": .string(bench.agent.text)])
            let body = CanonicalJSON.encode(["token": issued["access_token"] ?? .null, "action": action])
            bodies.withLock { $0[index] = body }
        }
        return bodies.withLock { $0 }
    }
}
