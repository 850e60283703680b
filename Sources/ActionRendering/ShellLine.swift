import CanonicalEncoding

/// A command as one line for the eye. It is never given to a shell, and it stands for nothing: the arguments are rows.
enum ShellLine {
    /// Nil where `arguments` are not all text, or the line would be too long to be of use.
    static func line(_ arguments: JSONValue?) -> Text? {
        guard let items = arguments?.arrayValue, !items.isEmpty else { return nil }
        var bytes: [UInt8] = []
        for item in items {
            guard let text = item.textValue else { return nil }
            if !bytes.isEmpty { bytes.append(0x20) }
            append(text, to: &bytes)
            guard bytes.count <= RenderingLimits.commandLineBytes else { return nil }
        }
        return Text(utf8: bytes)
    }

    /// Bare where no shell would look twice; otherwise in single quotes, and a single quote itself in double ones, so that
    /// the line needs no backslash.
    private static func append(_ argument: Text, to bytes: inout [UInt8]) {
        guard argument.isEmpty || !argument.utf8.allSatisfy(isBare) else {
            return bytes.append(contentsOf: argument.utf8)
        }
        bytes.append(UInt8(ascii: "'"))
        for byte in argument.utf8 {
            if byte == UInt8(ascii: "'") { bytes.append(contentsOf: "'\"'\"'".utf8) } else { bytes.append(byte) }
        }
        bytes.append(UInt8(ascii: "'"))
    }

    private static func isBare(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "_@%+=:,./-".utf8.contains(byte)
        }
    }
}
