import CanonicalEncoding
import Foundation

/// Runs `Benchmarks/reference.py` on the workloads: the reference implementation, timed on the same texts.
enum CedarReference {
    /// By the workload's name; nil where no Python with `cedarpy` is named.
    static func times(_ workloads: [PolicyWorkload], cases: String?) throws -> JSONValue? {
        guard let python = ProcessInfo.processInfo.environment["CEDARPY_PYTHON"], !python.isEmpty else {
            return nil
        }
        let folder = FileManager.default.temporaryDirectory.appending(path: "countersign-bench-\(getpid())-policy")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "workloads.jsonl")
        let lines = workloads.map { CanonicalJSON.text($0.json) + "\n" }.joined()
        try Data(lines.utf8).write(to: file)
        let child = Process()
        child.executableURL = URL(fileURLWithPath: python)
        child.arguments = ["Benchmarks/reference.py", file.path] + (cases.map { [$0] } ?? [])
        let output = Pipe()
        child.standardOutput = output
        try child.run()
        let answer = try output.fileHandleForReading.readToEnd() ?? Data()
        child.waitUntilExit()
        guard child.terminationStatus == 0 else { throw BenchError("Benchmarks/reference.py failed") }
        return try JSONReader.read(Array(answer))
    }
}
