/// What a witness says of a checkpoint (C2SP tlog-cosignature, version 1 with Ed25519): that at a time it was the largest tree that the
/// witness had seen of this log, and consistent with all earlier ones.
package enum Cosignature {
    /// The bytes that the witness's key signs. `time` is in seconds since 1970.
    package static func message(text: [UInt8], time: Int64) -> [UInt8] {
        Array("cosignature/v1\ntime \(time)\n".utf8) + text
    }

    /// The signature as a note carries it: the time, big-endian, and 64 bytes.
    package static func signature(time: Int64, bare: [UInt8]) -> [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: time >> Int64(56 - 8 * $0)) } + bare
    }

    /// Nil for another length, and for a time that no Int64 holds.
    package static func parts(of signature: [UInt8]) -> (time: Int64, bare: [UInt8])? {
        guard signature.count == 72, signature[0] < 0x80 else { return nil }
        let time = signature.prefix(8).reduce(0 as Int64) { $0 << 8 | Int64($1) }
        return (time, Array(signature.dropFirst(8)))
    }
}
