extension Migration {
    /// A policy set is kept with the scenarios that it was loaded with.
    static let policyScenarios = Migration(version: 3, sql: "ALTER TABLE policies ADD COLUMN scenarios TEXT;")
}
