import Synchronization

/// Where calls go on whose callers may leave: what was sent to a server is completed in the record, whoever still listens.
///
/// It holds nothing that a restart would miss. What was claimed in it and is not completed is recorded as unknown, and tasks
/// are taken up again.
final class CallLane: Sendable {
    typealias Job = @Sendable () async -> Void

    private let jobs: AsyncStream<Job>
    private let entrance: AsyncStream<Job>.Continuation

    init() {
        (jobs, entrance) = AsyncStream.makeStream()
    }

    /// Until it is closed and its last job is done. Jobs wait until it runs.
    func run() async {
        await withDiscardingTaskGroup { group in
            for await job in jobs { group.addTask { await job() } }
        }
    }

    /// Takes no more jobs; those that it has go on.
    func close() { entrance.finish() }

    /// False: it takes no more jobs.
    func submit(_ job: @escaping Job) -> Bool {
        if case .enqueued = entrance.yield(job) { true } else { false }
    }

    /// What comes of the job; nil: it takes no more jobs. Cancelling whoever waits here does not cancel the job.
    func result<Value: Sendable>(of job: @escaping @Sendable () async -> Value) async -> Value? {
        await withCheckedContinuation { continuation in
            guard submit({ continuation.resume(returning: await job()) }) else {
                continuation.resume(returning: nil)
                return
            }
        }
    }
}
