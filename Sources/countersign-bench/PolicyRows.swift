import CanonicalEncoding
import CedarLanguage
import Foundation

/// The policy engine beside the reference implementation: both answer the same requests in the same run, and have to agree.
///
/// `CEDARPY_PYTHON` names a Python with the package `cedarpy`, without which the rows stand alone; `SHARED_VECTORS` the
/// folder with recorded cases, without which their row is left out.
struct PolicyRows {
    private let large = GateWorkload.make(
        "1,000 policies, 250 actions", policies: 1_000, actions: 250, aboutEverything: 0)

    func run(into report: inout Report) throws {
        let gates: [(PolicyWorkload, limit: Double)] = [
            (GateWorkload.make("agent gate, 20 policies", policies: 20, actions: 6, aboutEverything: 8), 5),
            (GateWorkload.make("100 policies", policies: 100, actions: 30, aboutEverything: 10), 8),
            (large, 10), (HierarchyWorkload.repositories(), 8), (HierarchyWorkload.files(), 8),
        ]
        let cases = try Self.recordedCases()
        let theirs = try CedarReference.times(gates.map(\.0), cases: cases)
        for (workload, limit) in gates {
            let ours = try Self.decide(workload)
            let reference = theirs?[Text(workload.name)]
            if let reference, reference["decisions"]?.textValue != Text(ours.decisions) {
                throw BenchError("\(workload.name): the reference decides otherwise")
            }
            report.add(
                "decision: \(workload.name), p50", ours.median, "µs", .atMost(limit),
                beside: Self.beside(ours.median, reference?["p50"], "µs"))
        }
        try addTexts(theirs?[Text(large.name)], into: &report)
        try Self.add(cases, theirs?["recorded cases"], into: &report)
    }

    private static func beside(_ ours: Double, _ theirs: JSONValue?, _ unit: String) -> String {
        guard let theirs = theirs?.doubleValue ?? theirs?.integerValue.map(Double.init), ours > 0 else {
            return "cedarpy was not there"
        }
        return "cedarpy's engine \(Report.text(theirs)) \(unit): \(Report.text(theirs / ours)) times ours"
    }

    // MARK: Decisions

    /// The least median of seven rounds, as for the reference.
    private static func decide(_ workload: PolicyWorkload) throws -> (median: Double, decisions: String) {
        let schema = try CedarSchema(cedar: workload.schema)
        let policies = try CedarPolicySet(parsing: workload.policies)
        let validation = schema.validate(policies)
        guard validation.isValid else {
            throw BenchError("\(workload.name): \(validation.errors.first.map { "\($0)" } ?? "")")
        }
        let entities = try schema.entities(json: workload.entities)
        let requests = try workload.requests.map { json in
            let action = try EntityUID(json: json["action"] ?? nil)
            let request = try CedarRequest(
                principal: EntityUID(json: json["principal"] ?? nil), action: action,
                resource: EntityUID(json: json["resource"] ?? nil),
                context: schema.context(json: json["context"]?.objectValue ?? JSONObject(), for: action))
            try schema.validate(request)
            return request
        }
        var decisions = ""
        let medians = (0..<7).map { round in
            let times = requests.map { request in
                let start = Stopwatch.wallNow()
                let answer = policies.answer(request, entities)
                let time = Stopwatch.wallNow() - start
                if round == 0 { decisions += answer.decision == .allow ? "A" : "D" }
                return time
            }
            return Latencies(times).percentile(0.5)
        }
        return (medians.min() ?? 0, decisions)
    }

    // MARK: Texts

    private func addTexts(_ theirs: JSONValue?, into report: inout Report) throws {
        let schema = try CedarSchema(cedar: large.schema)
        let policies = try CedarPolicySet(parsing: large.policies)
        let validating = Stopwatch.processor(count: 1) { Workload.keep(schema.validate(policies).errors.count) } / 1000
        report.add(
            "strict validation of 1,000 policies, 250 actions", validating, "ms CPU", .atMost(150),
            beside: Self.beside(validating, theirs?["validate"], "ms"))
        let parsing =
            Stopwatch.processor(count: 3) {
                Workload.keep((try? CedarPolicySet(parsing: large.policies))?.policies.count ?? 0)
            } / 1000
        report.add(
            "parse 1,000 policies", parsing, "ms CPU", .atMost(25),
            beside: Self.beside(parsing, theirs?["parse"], "ms"))
    }

    // MARK: Recorded cases

    private static func recordedCases() throws -> String? {
        guard let folder = ProcessInfo.processInfo.environment["SHARED_VECTORS"] else { return nil }
        let file = "\(folder)/cedar/visible.jsonl.gz"
        return FileManager.default.fileExists(atPath: file) ? file : nil
    }

    private static func add(_ file: String?, _ theirs: JSONValue?, into report: inout Report) throws {
        guard let file else { return }
        let content = [UInt8](try Data(contentsOf: URL(fileURLWithPath: file)))
        var passed = 0
        var seconds = Double.infinity
        for _ in 0..<3 {
            let watch = Stopwatch()
            var cases = CedarConformance()
            try cases.run(content, named: file)
            seconds = min(seconds, watch.processorMicroseconds / 1e6)
            guard cases.failed == 0 else { throw BenchError("\(cases.failed) recorded cases fail") }
            passed = cases.passed
        }
        report.add(
            "\(passed) recorded cases: unpack, parse, validate, decide", seconds, "s CPU", .atMost(1),
            beside: beside(seconds, theirs?["seconds"], "s"))
    }
}
