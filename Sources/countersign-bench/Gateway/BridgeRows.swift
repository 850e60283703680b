import CanonicalEncoding
import DomainModel
import Foundation
import SecretMaterial

/// What a client pays for speaking to `countersign mcp` over its standard streams instead of HTTP.
struct BridgeRows {
    let program: String
    private let count = 300

    func run(into report: inout Report) async throws {
        let gateway = try await GatewayBench(program: program)
        defer { gateway.end() }
        let key = "\(gateway.bench.directory)/agent.jwk"
        try KeyFile.write(gateway.bench.key, to: key)
        var direct = try gateway.callers(1, .sessions)
        let bridge = try BridgeProcess(
            program: program,
            [
                "mcp", GatewayBench.allowed.string, "--server", "http://\(ServerProcess.agents.host)", "--agent",
                gateway.bench.agent.text.string, "--key", key,
            ])
        defer { bridge.end() }
        var medians: [(own: Double, direct: Double)] = []
        for round in 0..<4 {
            let own = Latencies(try (0..<count).map { try bridge.call($0 + round * count + 1) }).percentile(0.5)
            let straight = try Round(&direct, count: count, of: gateway.server.figures)
            // The first round warms up both.
            if round > 0 { medians.append((own, straight.latencies.percentile(0.5))) }
        }
        let own = Round.median(medians.map(\.own)) / 1000
        let straight = Round.median(medians.map(\.direct)) / 1000
        report.add(
            "stdio bridge: added to a call, p50", own - straight, "ms", .reported("≤ 0.25 ms"),
            beside:
                "\(Report.text(own)) ms with the proof's signature, HTTP \(Report.text(straight)) ms with proofs made before"
        )
    }
}

/// The bridge as a client starts it.
final class BridgeProcess {
    private let child = Process()
    private let input = Pipe()
    private let output = Pipe()
    private var arrived: [UInt8] = []

    /// Returns when the session has begun.
    init(program: String, _ arguments: [String]) throws {
        child.executableURL = URL(fileURLWithPath: program)
        child.arguments = arguments
        child.standardInput = input
        child.standardOutput = output
        child.standardError = FileHandle.nullDevice
        try child.run()
        let greeting = try exchange(
            #"{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25","#
                + #""capabilities":{},"clientInfo":{"name":"countersign-bench","version":"1"}}}"#)
        guard greeting.contains("protocolVersion") else {
            throw BenchError("the bridge begins no session: \(greeting)")
        }
        try send(#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#)
    }

    /// Microseconds of one call of the echo tool.
    func call(_ number: Int) throws -> Double {
        let message =
            #"{"jsonrpc":"2.0","id":\#(number),"method":"tools/call","params":{"name":"echo","#
            + #""arguments":{"text":"a line of an ordinary length, as tools are told"}}}"#
        let start = Stopwatch.wallNow()
        let answer = try exchange(message)
        let time = Stopwatch.wallNow() - start
        guard answer.contains("\(EchoTool.mark)") else {
            throw BenchError("the bridge's call was not answered: \(answer)")
        }
        return time
    }

    func end() {
        try? input.fileHandleForWriting.close()
        child.terminate()
        child.waitUntilExit()
    }

    private func send(_ line: String) throws {
        let bytes = Array((line + "\n").utf8)
        guard write(input.fileHandleForWriting.fileDescriptor, bytes, bytes.count) == bytes.count else {
            throw BenchError("the bridge is gone")
        }
    }

    private func exchange(_ line: String) throws -> String {
        try send(line)
        arrived.removeAll(keepingCapacity: true)
        var scratch = [UInt8](repeating: 0, count: 16_384)
        while arrived.last != UInt8(ascii: "\n") {
            let count = read(output.fileHandleForReading.fileDescriptor, &scratch, scratch.count)
            guard count > 0 else { throw BenchError("the bridge is gone") }
            arrived += scratch[..<count]
        }
        return String(decoding: arrived, as: UTF8.self)
    }
}
