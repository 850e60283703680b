import CanonicalEncoding
import Crypto
import Foundation

/// Reading, canonicalising and digesting an action, and the same in Foundation's way.
struct EncodingRows {
    func run(into report: inout Report) {
        let document = Array(CanonicalJSON.text(Workload.action(bytes: 2_048)).utf8)
        let data = Data(document)
        let ours = Stopwatch.processor(count: 5_000) {
            guard let value = try? JSONReader.read(document) else { return }
            Workload.keep(Digest(domain: "countersign.action.v1", value).bytes.count)
        }
        let theirs = Stopwatch.processor(count: 500) {
            guard let value = try? JSONSerialization.jsonObject(with: data),
                let sorted = try? JSONSerialization.data(withJSONObject: value, options: .sortedKeys)
            else { return }
            Workload.keep(Array(SHA256.hash(data: sorted)).count)
        }
        let hash = Stopwatch.processor(count: 5_000) { Workload.keep(Array(SHA256.hash(data: data)).count) }
        let size = document.count
        report.add(
            "read, canonicalise, digest \(size) B", ours, "µs CPU", .atMost(25),
            beside: "bare SHA-256 \(Report.text(hash)) µs")
        report.add(
            "the same beside Foundation", theirs / ours, "times faster", .atLeast(10),
            beside: "Foundation \(Report.text(theirs)) µs")
    }
}
