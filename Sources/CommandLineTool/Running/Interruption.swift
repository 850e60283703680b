import Dispatch
import Glibc

/// Turns the signals that end a program into the end of a task, so that what was begun is finished in order.
enum Interruption {
    /// Runs `operation`; SIGINT, SIGTERM and SIGHUP cancel it.
    static func cancelling<Value: Sendable>(_ operation: @escaping @Sendable () async -> Value) async -> Value {
        let task = Task { await operation() }
        let sources = [SIGINT, SIGTERM, SIGHUP].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { task.cancel() }
            source.resume()
            return source
        }
        let value = await task.value
        for source in sources { source.cancel() }
        return value
    }
}
