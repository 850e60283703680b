extension Migration {
    /// Since when an agent may have bearer tokens; NULL: it may not.
    static let bearerTokens = Migration(version: 6, sql: "ALTER TABLE agents ADD COLUMN bearer_allowed_at INTEGER;")
}
