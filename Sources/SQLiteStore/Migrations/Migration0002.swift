extension Migration {
    /// What policy wants done after an execution, kept from the claim on: canonical JSON, NULL where it is nothing.
    static let aftermath = Migration(
        version: 2,
        sql: """
            ALTER TABLE executions ADD COLUMN aftermath TEXT;
            CREATE TRIGGER executions_keep_aftermath BEFORE UPDATE OF aftermath ON executions
            BEGIN SELECT RAISE(ABORT, 'what was claimed never changes'); END;
            """)
}
