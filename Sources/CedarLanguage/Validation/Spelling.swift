/// Finds the name that was probably meant.
enum Spelling {
    /// The nearest name with at most two letters changed, of few and short ones only, so that hostile text costs little.
    static func nearest(to name: CedarString, among names: some Sequence<CedarString>) -> CedarString? {
        let bytes = Array(name.utf8)
        guard bytes.count <= 64 else { return nil }
        var best: (name: CedarString, distance: Int)?
        for candidate in names.prefix(500) {
            let other = Array(candidate.utf8)
            guard abs(other.count - bytes.count) <= 2, other.count <= 64 else { continue }
            let distance = distance(bytes, other)
            guard distance <= 2, distance < max(bytes.count, 2) else { continue }
            if distance < best?.distance ?? 3 { best = (candidate, distance) }
        }
        return best?.name
    }

    private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var row = Array(0...right.count)
        for (position, byte) in left.enumerated() {
            var diagonal = row[0]
            row[0] = position + 1
            for (index, other) in right.enumerated() {
                let above = row[index + 1]
                let lower = fold(byte) == fold(other) ? diagonal : diagonal + 1
                row[index + 1] = min(lower, above + 1, row[index] + 1)
                diagonal = above
            }
        }
        return row[right.count]
    }

    private static func fold(_ byte: UInt8) -> UInt8 {
        byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte
    }
}
