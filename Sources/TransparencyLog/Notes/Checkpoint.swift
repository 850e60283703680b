package import CanonicalEncoding

/// The head of a log at a size: the text of a note that the log signs (C2SP tlog-checkpoint).
package struct Checkpoint: Hashable, Sendable {
    /// Which log it is of: the name of its key, too.
    package var origin: Text
    package var size: Int64
    package var root: Digest
    /// Lines of others below the root. A log of ours writes none.
    package var extensions: [Text]

    package init(origin: Text, size: Int64, root: Digest, extensions: [Text] = []) {
        self.origin = origin
        self.size = size
        self.root = root
        self.extensions = extensions
    }

    /// Nil for text that is no checkpoint.
    package init?(text: Text) {
        guard text.utf8.last == 0x0A else { return nil }
        var lines: [Text] = []
        for line in text.utf8.dropLast().split(separator: 0x0A, omittingEmptySubsequences: false) {
            guard !line.isEmpty, let line = Text(utf8: line) else { return nil }
            lines.append(line)
        }
        guard lines.count >= 3, let size = Self.decimal(lines[1]),
            let root = Base64.decode(lines[2].string).flatMap(Digest.init(bytes:))
        else { return nil }
        self.init(origin: lines[0], size: size, root: root, extensions: Array(lines.dropFirst(3)))
    }

    package var text: Text {
        let lines = [origin, Text(String(size)), Text(Base64.encode(root.bytes))] + extensions
        return Text(lines.map { "\($0)\n" }.joined())
    }

    /// Digits without leading zeros, within Int64.
    static func decimal(_ text: Text) -> Int64? {
        guard let number = Int64(text.string), number >= 0, Text(String(number)) == text else { return nil }
        return number
    }
}
