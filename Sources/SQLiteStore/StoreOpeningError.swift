/// Why a store does not open, and what to do about it. Opening never repairs anything by itself.
package struct StoreOpeningError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Code: String, Sendable, CaseIterable {
        /// Another process holds the store.
        case inUse = "store_in_use"
        /// Owner or mode of the directory or a file would let others read or change it.
        case wrongPermissions = "store_wrong_permissions"
        /// The bytes are not those of a whole store.
        case damaged = "store_damaged"
        /// A later release wrote the store.
        case newerSchema = "store_newer_schema"
        /// The anchor has seen a later state of this store, or another store (invariant S14).
        case behindAnchor = "store_behind_anchor"
        /// There is data, but no anchor to compare it with.
        case missingAnchor = "store_missing_anchor"
        /// The anchor's file cannot be read or written, is not an anchor, or lies inside the store's directory.
        case anchorUnusable = "store_anchor_unusable"
        /// The database does not promise what durability needs.
        case notDurable = "store_not_durable"
        /// The system refused a file operation.
        case unavailable = "store_unavailable"
    }

    package var code: Code
    /// What is wrong: one sentence for the operator.
    package var problem: String
    /// What to do: one sentence for the operator.
    package var hint: String

    init(_ code: Code, _ problem: String, hint: String) {
        self.code = code
        self.problem = problem
        self.hint = hint
    }

    package var description: String { "\(problem) \(hint)" }
}
