import Foundation

/// Runs what waits for another process on a thread of its own.
///
/// Swift's pool has a thread for each core. Tests that wait there, two of them on two cores, stop every other test; and when
/// the other process ends only once another test has done something, all stand still for good.
func onOwnThread<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        Thread { continuation.resume(with: Result(catching: body)) }.start()
    }
}
