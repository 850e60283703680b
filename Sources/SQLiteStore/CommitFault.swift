package import AuthorityPorts

/// Failures that tests inject around COMMIT: "fails", and "fails after persisting". They see every commit.
package struct CommitFault: Sendable {
    let beforeCommit: @Sendable () -> StoreError?
    let afterCommit: @Sendable () -> StoreError?

    package static let none = CommitFault()

    /// Each closure answers what the callers of the batch are to hear; nil: nothing fails.
    package init(
        beforeCommit: @escaping @Sendable () -> StoreError? = { nil },
        afterCommit: @escaping @Sendable () -> StoreError? = { nil }
    ) {
        self.beforeCommit = beforeCommit
        self.afterCommit = afterCommit
    }
}
