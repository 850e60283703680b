/// A source of bytes that nobody can predict; a parameter everywhere, so that tests can repeat themselves.
package protocol RandomBytes: Sendable {
    /// Exactly `count` bytes; none for a negative count.
    func bytes(_ count: Int) -> [UInt8]
}

/// The operating system's generator (`getrandom`), which never gives out before it is seeded.
package struct SystemRandom: RandomBytes {
    package init() {}

    package func bytes(_ count: Int) -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        var output: [UInt8] = []
        output.reserveCapacity(max(count, 0))
        while output.count < count {
            var word: UInt64 = generator.next()
            for _ in 0..<min(8, count - output.count) {
                output.append(UInt8(truncatingIfNeeded: word))
                word >>= 8
            }
        }
        return output
    }
}
