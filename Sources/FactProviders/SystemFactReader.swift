package import AuthorityPorts
package import CanonicalEncoding
import Dispatch
package import DomainModel
import Synchronization

/// Reads facts of this host: digests of files, numbers of rows in SQLite files.
///
/// Nothing is kept open between two readings, and nothing is cached: a precondition is about now. A reading that takes
/// longer than the limit is `unreadable`, and the reader behind it is told to stop.
package struct SystemFactReader: FactReader {
    private let limitMilliseconds: Int
    /// Blocking calls stay off the threads on which tasks run.
    private let queue = DispatchQueue(label: "countersign.facts", attributes: .concurrent)

    /// Five seconds unless told otherwise.
    package init(limitMilliseconds: Int = 5_000) {
        self.limitMilliseconds = limitMilliseconds
    }

    /// Reads on a thread of its own and gives up after the limit; an answer that comes later is not used.
    package func value(of subject: Text, from provider: FactProvider) async throws(FactError) -> Text {
        let reading = Reading()
        let outcome: Result<Text, FactError> = await withCheckedContinuation { continuation in
            reading.begin { continuation.resume(returning: $0) }
            queue.async {
                do throws(FactError) {
                    reading.end(.success(try Self.read(subject, from: provider, reading)))
                } catch { reading.end(.failure(error)) }
            }
            queue.asyncAfter(deadline: .now() + .milliseconds(limitMilliseconds)) {
                reading.end(.failure(.unreadable("the target did not answer in time")))
            }
        }
        return try outcome.get()
    }

    private static func read(
        _ subject: Text, from provider: FactProvider, _ reading: Reading
    ) throws(FactError) -> Text {
        guard provider.location.utf8.first == UInt8(ascii: "/"), !provider.location.utf8.contains(0) else {
            throw .unreadable("the provider's location is not an absolute path")
        }
        return switch provider.kind {
        case .fileDigest: try FileDigest(folder: provider.location, subject: subject).value(reading)
        case .sqliteCount: try RowCount(subject: subject).value(in: provider.location, reading)
        }
    }
}

/// One reading: answered once, by whoever is first, the reader or the clock.
final class Reading: Sendable {
    private struct State {
        var answer: (@Sendable (Result<Text, FactError>) -> Void)?
        var interrupt: (@Sendable () -> Void)?
        var isOver = false
    }

    private let state = Mutex(State())

    func begin(_ answer: @escaping @Sendable (Result<Text, FactError>) -> Void) {
        state.withLock { $0.answer = answer }
    }

    /// Whether nobody waits for the value any more.
    var isOver: Bool { state.withLock { $0.isOver } }

    /// Called when the time is over before the value is there; at once if it is over already.
    func whenOver(_ interrupt: @escaping @Sendable () -> Void) {
        let isOver = state.withLock { state in
            state.interrupt = interrupt
            return state.isOver
        }
        if isOver { interrupt() }
    }

    func end(_ outcome: Result<Text, FactError>) {
        let (answer, interrupt) = state.withLock { state in
            defer { state = State(isOver: true) }
            return (state.answer, state.interrupt)
        }
        guard let answer else { return }
        interrupt?()
        answer(outcome)
    }
}

extension FactError {
    static func invalidSubject(_ detail: String) -> FactError { FactError(code: .invalidSubject, detail: detail) }
    static func unreadable(_ detail: String) -> FactError { FactError(code: .unreadable, detail: detail) }
}
