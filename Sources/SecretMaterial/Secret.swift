/// A value that prints as `‹redacted›` wherever it is printed: in text, in debug output, under `dump`, inside another value.
///
/// It is not `Codable`, `Equatable` or `Hashable`, so that no encoder, log or table takes it by accident. What must leave it
/// does so through `withUnredacted`, which is easy to search for.
package struct Secret<Value: Sendable>: Sendable {
    private let value: Value

    package init(_ value: Value) {
        self.value = value
    }

    /// Lends the value to `body`, which must not keep it longer than it needs it.
    package func withUnredacted<R>(_ body: (Value) throws -> R) rethrows -> R {
        try body(value)
    }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "‹redacted›" }
    package var debugDescription: String { description }
    /// No children: reflection is how `dump` and test output would find the value.
    package var customMirror: Mirror { Mirror(self, children: [], displayStyle: .struct) }
}
