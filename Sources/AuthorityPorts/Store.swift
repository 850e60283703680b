package import DomainModel

/// The one place where the authority's state lives.
///
/// Contract, kept by every store and tested by `StoreConformance`:
/// - `write` runs the body in a transaction of its own and returns only when its effects are durable: they survive
///   `kill -9` and loss of power. When the body throws, nothing of it remains and the error is passed on as it is.
/// - Bodies run one after another, as if alone. A body performs no I/O of its own, does not wait, and can run more
///   than once.
/// - `read` sees one consistent snapshot that contains every write acknowledged before it began.
/// - A store that cannot be written or read throws `StoreError`; nothing is half-done.
/// - Observers are told after a commit, at least once for each object, in no particular order.
package protocol Store: Sendable {
    /// `step` names the use case, for diagnostics.
    func write<Value: Sendable>(
        _ step: StaticString, _ body: @escaping @Sendable (any StoreTransaction) throws -> Value
    ) async throws -> Value

    func read<Value: Sendable>(
        _ body: @escaping @Sendable (any StoreReader) throws -> Value
    ) async throws -> Value

    /// The store's epoch: raised by a restore, never lowered.
    var epoch: Int64 { get }

    /// Moves, before the write is answered, with each commit.
    var revision: UInt64 { get }

    /// Moves, before the write is answered, with each commit that changed agents, their keys or revoked tokens. What was read
    /// after a look at it holds as long as it stands.
    var inventoryRevision: UInt64 { get }

    /// Calls `notify` after each commit that changed requests, with their ids, until the store closes. `notify` must
    /// return at once.
    func observeChanges(_ notify: @escaping @Sendable ([StoreChange]) -> Void)
}

/// Something that a commit changed, for those who wait.
package enum StoreChange: Hashable, Sendable {
    case request(RequestID)
    /// Anything else that a console shows: inventory, changes, freezes, reviews, policy.
    case inventory
}

/// Why the store could not answer. A refusal is never one of these.
package enum StoreError: Error, Sendable {
    /// Disk full, read-only, I/O error, closed: nothing was done; try again when it is repaired.
    case unavailable(String)
    /// The stored bytes are not what was written.
    case damaged(String)
    /// A unique key exists already; the use case decides what that means.
    case alreadyExists(String)
}

/// What a transaction can do beyond reading. Each method is one statement; each conditional one says whether it won.
package protocol StoreTransaction: StoreReader, RequestWriting, InventoryWriting, CeremonyWriting, LogWriting,
    HeldCallWriting
{}

/// Everything that can be read in one snapshot.
package protocol StoreReader: RequestReading, InventoryReading, CeremonyReading, LogReading, HeldCallReading {}
