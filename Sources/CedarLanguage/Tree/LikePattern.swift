/// The right side of `like`: literal stretches with wildcards between them.
struct LikePattern: Hashable, Sendable {
    /// One more than there are wildcards; matching bytes is matching characters, since UTF-8 synchronises itself.
    let stretches: [[UInt8]]

    init(stretches: [[UInt8]]) {
        self.stretches = stretches
    }

    /// Every star that is not `\*` is a wildcard, also one that was written as another escape.
    init(_ units: [StringEscapes.Unit]) {
        var stretches: [[UInt8]] = [[]]
        for unit in units {
            if unit.scalar == "*" && !unit.isEscapedStar {
                stretches.append([])
            } else {
                stretches[stretches.count - 1].append(
                    contentsOf: UTF8.encode(unit.scalar) ?? UTF8.encodedReplacementCharacter)
            }
        }
        self.stretches = stretches
    }

    /// At most the product of both lengths: each stretch takes the first place where it fits, which loses no match.
    func matches(_ string: CedarString) -> Bool {
        let bytes = Array(string.utf8)
        guard stretches.count > 1 else { return bytes == stretches[0] }
        guard let first = stretches.first, let last = stretches.last, bytes.count >= first.count + last.count,
            bytes.starts(with: first), bytes.suffix(last.count).elementsEqual(last)
        else { return false }
        var position = first.count
        let end = bytes.count - last.count
        for stretch in stretches.dropFirst().dropLast() {
            guard let found = Self.find(stretch, in: bytes, from: position, to: end) else { return false }
            position = found + stretch.count
        }
        return true
    }

    private static func find(_ stretch: [UInt8], in bytes: [UInt8], from start: Int, to end: Int) -> Int? {
        var candidate = start
        while candidate + stretch.count <= end {
            var matched = 0
            while matched < stretch.count, bytes[candidate + matched] == stretch[matched] { matched += 1 }
            if matched == stretch.count { return candidate }
            candidate += 1
        }
        return nil
    }
}
