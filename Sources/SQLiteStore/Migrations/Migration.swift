/// One step of the schema. A step that was released never changes; a new one follows it, in a file of its own.
struct Migration: Sendable {
    /// What `PRAGMA user_version` reads after it; they count from 1 without gaps.
    let version: Int64
    let sql: String

    static let all: [Migration] = [
        .initial, .aftermath, .policyScenarios, .upstreams, .heldCalls, .bearerTokens, .logTree,
    ]
    static var newest: Int64 { all.last?.version ?? 0 }

    /// `PRAGMA application_id`: tells our files from other SQLite databases ("CtSg").
    static let applicationID: Int64 = 0x4374_5367

    /// That a column holds one of these words, parted by spaces.
    ///
    /// Not `IN`: for more than two words SQLite builds a table of them each time a row is checked, which costs more than
    /// writing the row.
    static func isOne(_ column: String, of words: String) -> String {
        "(\(words.split(separator: " ").map { "\(column) = '\($0)'" }.joined(separator: " OR ")))"
    }
}
