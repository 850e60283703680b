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
        let bytes = string.utf8.span
        guard let first = stretches.first, let last = stretches.last else { return false }
        if stretches.count == 1 { return bytes.count == first.count && Self.stands(first, in: bytes, at: 0) }
        guard bytes.count >= first.count + last.count else { return false }
        let end = bytes.count - last.count
        guard Self.stands(first, in: bytes, at: 0), Self.stands(last, in: bytes, at: end) else { return false }
        var position = first.count
        for index in stretches.indices.dropFirst().dropLast() {
            guard let found = Self.find(stretches[index], in: bytes, from: position, to: end) else { return false }
            position = found + stretches[index].count
        }
        return true
    }

    /// The place has to leave room for the stretch.
    private static func stands(_ stretch: [UInt8], in bytes: Span<UInt8>, at place: Int) -> Bool {
        for index in stretch.indices where bytes[place + index] != stretch[index] { return false }
        return true
    }

    private static func find(_ stretch: [UInt8], in bytes: Span<UInt8>, from start: Int, to end: Int) -> Int? {
        var candidate = start
        while candidate + stretch.count <= end {
            if stands(stretch, in: bytes, at: candidate) { return candidate }
            candidate += 1
        }
        return nil
    }
}
