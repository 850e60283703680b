import CanonicalEncoding
import Subprocess
import SystemPackage
import Testing

/// The story of the README, by the real program.
@Suite struct DemoStoryTests {
    private func demo(_ more: [String]) async throws -> (status: Int32, output: String) {
        let result = try await Subprocess.run(
            .path(FilePath(ServerProcess.program)), arguments: Arguments(["demo", "--unattended"] + more),
            output: .string(limit: 1 << 20), error: .discarded)
        guard case .exited(let status) = result.terminationStatus else { return (-1, result.standardOutput) }
        return (Int32(status), result.standardOutput)
    }

    @Test func `an agent asks, an approver approves, each effect happens once, and the record checks`() async throws {
        let (status, output) = try await demo(["--json"])
        let report = try JSONReader.read(Array(output.utf8))
        #expect(status == 0)
        #expect(report["as_expected"]?.boolValue == true)
        #expect(report["unattended"]?.boolValue == true)
        let steps = report["steps"]?.arrayValue ?? []
        #expect(steps.map { $0["exit_status"]?.integerValue } == [0, 0, 0, 3])
        #expect(steps.map { $0["void"]?.integerValue } == [3, 3, 0, 0])
        #expect(steps.map { $0["orders"]?.integerValue } == [12, 12, 9, 9])
    }

    @Test func `every line of an unattended demo says so`() async throws {
        let (status, output) = try await demo([])
        #expect(status == 0)
        let lines = output.split(separator: "\n")
        #expect(lines.count > 10)
        #expect(lines.allSatisfy { $0.hasPrefix("unattended") })
    }
}
