/// A tile of a log (C2SP tlog-tiles): up to 256 hashes side by side at every eighth level of the tree.
package struct HashTile: Hashable, Sendable {
    package static let height = 8
    package static let greatestWidth = 256

    /// 0 for leaves; each hash of level 1 covers 256 of them.
    package var level: Int
    package var index: Int64
    /// 1 to 256; fewer than 256 is a *partial* tile, at the right edge.
    package var width: Int

    /// Nil outside of what the format names.
    package init?(level: Int, index: Int64, width: Int = greatestWidth) {
        guard (0...7).contains(level), index >= 0, (1...Self.greatestWidth).contains(width) else { return nil }
        self.level = level
        self.index = index
        self.width = width
    }

    package var isPartial: Bool { width < Self.greatestWidth }

    /// The nodes whose hashes the tile holds.
    package var nodes: [MerkleNode] {
        let first = index * Int64(Self.greatestWidth)
        return (0..<Int64(width)).map { MerkleNode(level: level * Self.height, index: first + $0) }
    }

    /// Whether a tree of that size has the tile in full.
    package func isWithin(size: Int64) -> Bool {
        let nodes = size >> Int64(level * Self.height)
        let end = index.multipliedReportingOverflow(by: Int64(Self.greatestWidth))
        return !end.overflow && end.partialValue <= nodes - Int64(width)
    }
}

/// `<N>` and `<N>.p/<W>` as they stand in addresses: the index in groups of three digits, all but the last with an `x` before them.
package enum TilePath {
    package static func text(index: Int64, width: Int) -> String {
        var digits = String(index)
        while !digits.utf8.count.isMultiple(of: 3) { digits = "0" + digits }
        var groups: [String] = []
        var rest = digits[...]
        while !rest.utf8.isEmpty {
            groups.append(String(rest.prefix(3)))
            rest = rest.dropFirst(3)
        }
        let path = groups.dropLast().map { "x\($0)/" }.joined() + (groups.last ?? "000")
        return width == HashTile.greatestWidth ? path : "\(path).p/\(width)"
    }

    /// The strict inverse: nil for any other spelling, so that a tile has one address.
    package static func read(_ path: String) -> (index: Int64, width: Int)? {
        let halves = path.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard (1...2).contains(halves.count) else { return nil }
        let digits = halves[0].filter { (0x30...0x39).contains($0) }
        guard digits.count <= 18, let index = Int64(String(decoding: digits, as: UTF8.self)) else { return nil }
        var width = HashTile.greatestWidth
        if halves.count == 2 {
            guard halves[1].starts(with: "p/".utf8),
                let partial = Int(String(decoding: halves[1].dropFirst(2), as: UTF8.self))
            else { return nil }
            width = partial
        }
        guard (1...HashTile.greatestWidth).contains(width),
            text(index: index, width: width).utf8.elementsEqual(path.utf8)
        else { return nil }
        return (index, width)
    }
}
