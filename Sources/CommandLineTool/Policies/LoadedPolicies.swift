import ApprovalPolicy
import CanonicalEncoding

/// A policy set from a file, for verbs that ask it; one that would not load in a server is refused here too.
enum LoadedPolicies {
    static func read(_ file: String) throws(CommandFailure) -> PolicySet {
        let source = try InputFile(file).text()
        do throws(PolicyLoadError) {
            return try PolicySet(source: Text(source), groups: nil)
        } catch {
            let first = error.problems.first.map { "\($0)" } ?? "it does not load"
            throw CommandFailure(
                "\(file):\(first)",
                hint: "`countersign policy check \(file)` shows every problem.")
        }
    }
}
