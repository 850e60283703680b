import CanonicalEncoding
import DomainModel
import GRDB
import TransparencyLog

/// What the database says, read by statements of the reconciler's own: it shares no reading code with the store that it
/// checks. One snapshot, whole in memory.
struct RecordedStore {
    struct Request {
        var id: RequestID
        var progress: Progress
        /// The columns that guards look at; the documents must say the same.
        var agent: Text
        var keyThumbprint: Text
        var digest: Digest?
        var epoch: Int64
        var tier: Text
        var createdAt: Timestamp
        var submission: Submission
        var assessment: Assessment
    }

    struct Entry {
        var position: Int64
        var subject: Text
        var bytes: [UInt8]
        var leafHash: [UInt8]
        /// Nil when the bytes are no JSON.
        var json: JSONValue?

        var kind: Text? { json?["kind"]?.textValue }
        var body: JSONValue? { json?["body"] }
        var at: Timestamp? { json?["at"]?.stringValue.flatMap { Timestamp(rfc3339: $0) } }
    }

    struct Idempotency {
        var kind: String
        var caller: Text
        var object: Text
    }

    var epoch: Int64 = 0
    var requests: [Request] = []
    var votes: [Vote] = []
    var executions: [Execution] = []
    var reviews: [(id: String, execution: String, request: String, cause: String)] = []
    var entries: [Entry] = []
    var passkeys: [Passkey] = []
    var persons: [Person] = []
    var agents: [(id: Text, owner: Text, keyCreators: [Text: Set<Text>])] = []
    var memberships: [Membership] = []
    var policies: Set<Digest> = []
    var changes: [ChangeProposal] = []
    var idempotency: [Idempotency] = []
    var heldCalls: [HeldCall] = []
    /// Enabled tools of servers behind the gateway, with the digest of the definition that they were registered for.
    var serverTools: [(server: Text, name: Text, definition: Text?)] = []
    var upstreams: Set<Text> = []
    /// The newest of each.
    var discovered: [(server: Text, name: Text, state: String, digest: Text?)] = []
    /// Keys of what is frozen.
    var freezes: Set<Text> = []

    var entriesBySubject: [Text: [Entry]] { Dictionary(grouping: entries, by: \.subject) }
}

/// Columns as values; nil where the database holds something else.
extension Row {
    func integer(_ name: String) -> Int64? { self[name] as Int64? }
    func string(_ name: String) -> String? { self[name] as String? }

    func bytes(_ name: String) -> [UInt8]? {
        guard case .blob(let data) = (self[name] as DatabaseValue).storage else { return nil }
        return Array(data)
    }

    /// Text from outside is stored as bytes, names and handles as text.
    func text(_ name: String) -> Text? {
        switch (self[name] as DatabaseValue).storage {
        case .blob(let data): Text(utf8: Array(data))
        case .string(let string): Text(string)
        default: nil
        }
    }

    func time(_ name: String) -> Timestamp? { integer(name).map { Timestamp(milliseconds: $0) } }
    func digest(_ name: String) -> Digest? { bytes(name).flatMap { Digest(bytes: $0) } }

    func document(_ name: String) -> JSONValue? {
        string(name).flatMap {
            try? JSONReader.read(Array($0.utf8), limits: .stored)
        }
    }
}
