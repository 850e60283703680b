import Dispatch
import Glibc
import Synchronization

/// Turns the signals that end a program into the end of a task, so that what was begun is finished in order.
package enum Interruption {
    /// Runs `operation`; SIGINT, SIGTERM and SIGHUP cancel it.
    static func cancelling<Value: Sendable>(_ operation: @escaping @Sendable () async -> Value) async -> Value {
        await noticing(operation).value
    }

    /// The same, and says which signal came; nil: none.
    package static func noticing<Value: Sendable>(
        _ operation: @escaping @Sendable () async -> Value
    ) async -> (value: Value, signal: Int32?) {
        let task = Task { await operation() }
        let noticed = Noticed()
        let sources = [SIGINT, SIGTERM, SIGHUP].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler {
                noticed.first.withLock { $0 = $0 ?? number }
                task.cancel()
            }
            source.resume()
            return source
        }
        let value = await task.value
        for source in sources { source.cancel() }
        return (value, noticed.first.withLock { $0 })
    }

    private final class Noticed: Sendable {
        let first = Mutex<Int32?>(nil)
    }
}
