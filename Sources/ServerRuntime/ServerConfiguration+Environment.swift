extension ServerConfiguration {
    /// Variables of other verbs, of the scripts and of the tests.
    private static let variablesOfOthers = [
        "SERVER", "AGENT", "KEY", "CRASH_AT", "PROGRAM", "BIN", "FUZZER_LIBRARY", "DOCUMENTS", "PREVIEW",
        "RACE_ROUNDS",
        "RACE_STATE", "SCREENSHOTS", "UPDATE_GOLDEN", "VECTORS", "WRITE_GOLDEN",
    ]

    /// Refuses a variable that begins as ours do and is read by nobody: a name that is spelt wrong must not leave a default
    /// in force.
    static func checkNames(in environment: [String: String]) throws(ConfigurationProblem) {
        let settings = Key.allCases.map(\.variable)
        let known = Set(settings + variablesOfOthers.map { "COUNTERSIGN_\($0)" })
        let unknown = environment.keys.filter { $0.hasPrefix("COUNTERSIGN_") && !known.contains($0) }.min()
        guard let unknown else { return }
        let near = NearestName.of(unknown, among: settings)
        throw ConfigurationProblem(
            "The environment sets \(unknown), which is no setting.",
            hint: near.map { "Did you mean \($0)?" } ?? "docs/reference/settings.md lists the settings; or unset it.")
    }
}

extension ServerConfiguration.Key {
    /// Its name in the environment.
    var variable: String { "COUNTERSIGN_" + rawValue.uppercased().split(separator: ".").joined(separator: "_") }
}
