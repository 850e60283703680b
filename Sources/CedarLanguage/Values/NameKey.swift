/// The length of a name and its first bytes as one integer: names with different keys differ, and up to seven bytes names with
/// equal keys are equal.
struct NameKey: Hashable, Sendable {
    private let packed: UInt64

    init(_ name: CedarString) {
        let bytes = name.utf8
        var packed = UInt64(min(bytes.count, 255))
        for byte in bytes.prefix(7) { packed = packed << 8 | UInt64(byte) }
        self.packed = packed << (8 * UInt64(max(0, 7 - bytes.count)))
    }

    /// Whether nothing of the name is left out.
    var isWhole: Bool { packed >> 56 <= 7 }
}
