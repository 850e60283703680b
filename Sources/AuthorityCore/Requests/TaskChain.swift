import AuthorityPorts
import DomainModel

/// The requests that one came out of, the nearest first, as far as its agent names them and they are known here.
struct TaskChain: Sendable {
    /// How far back a task is followed.
    static let greatestDepth = 16

    let parents: [ApprovalRequest]
    /// How many parents there are; one that is not known here ends the chain and counts.
    let depth: Int64

    init(of context: RequestContext, reader: any StoreReader) throws {
        var parents: [ApprovalRequest] = []
        var next = context.task?.parent
        while let id = next, parents.count < Self.greatestDepth, let parent = try reader.request(id) {
            parents.append(parent)
            next = parent.submission.context.task?.parent
        }
        let isCutShort = next != nil && parents.count < Self.greatestDepth
        self.parents = parents
        depth = Int64(parents.count) + (isCutShort ? 1 : 0)
    }

    /// Whether a request in it ended in any other way than as agreed: what it was opened for is void, and so is what came out
    /// of it.
    var hasEnded: Bool {
        parents.contains { $0.progress.status.isTerminal && $0.progress.status != .completed }
    }
}
