package import CanonicalEncoding

/// Text from outside in a form that shows every character, and from which the text can be read back exactly.
///
/// A backslash is `\\`, a line break `\n`, a tab `\t`, a carriage return `\r`; every other scalar that is not on the
/// allow-list is `\u{202E}`. Five or more of the same in a row, and three or more spaces, are counted: `\u{20×5000}`. Spaces
/// at either end are written so as well. All of it is linear in the length of the text.
package enum DisplayText {
    /// The display-safe form, one line without any control character, and what a reader has to know about it.
    package static func escaped(_ text: Text) -> (Text, [Warning]) {
        let reading = TextReading(text)
        return (reading.shown, reading.warnings.list)
    }

    /// The exact inverse of `escaped`: nil for anything that `escaped` does not produce.
    package static func unescaped(_ shown: Text) -> Text? {
        guard let text = Unescaper.read(shown), TextReading(text).shown == shown else { return nil }
        return text
    }

    /// The lines of an escaped text for a display that has room: each ends with the `\n` that the text has there. Put together
    /// they are the escaped text.
    package static func lines(of shown: Text) -> [Text] {
        var lines: [Text] = []
        var line: [UInt8] = []
        var isEscape = false
        for byte in shown.utf8 {
            line.append(byte)
            if isEscape {
                isEscape = false
                if byte == UInt8(ascii: "n") {
                    lines.append(Text(String(decoding: line, as: UTF8.self)))
                    line.removeAll(keepingCapacity: true)
                }
            } else {
                isEscape = byte == UInt8(ascii: "\\")
            }
        }
        if !line.isEmpty || lines.isEmpty { lines.append(Text(String(decoding: line, as: UTF8.self))) }
        return lines
    }
}

/// Reads `DisplayText`'s notation.
private enum Unescaper {
    /// Text never grows beyond this, so that a forged count costs nothing.
    static let greatestBytes = 4 << 20

    static func read(_ shown: Text) -> Text? {
        var output: [UInt8] = []
        output.reserveCapacity(shown.utf8.count)
        var rest = Array(shown.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\\") else {
                output.append(byte)
                continue
            }
            switch rest.popFirst() {
            case UInt8(ascii: "\\"): output.append(UInt8(ascii: "\\"))
            case UInt8(ascii: "n"): output.append(0x0A)
            case UInt8(ascii: "r"): output.append(0x0D)
            case UInt8(ascii: "t"): output.append(0x09)
            case UInt8(ascii: "u"):
                guard let (scalar, count) = escape(&rest) else { return nil }
                let bytes = Array(String(scalar).utf8)
                guard count <= greatestBytes / bytes.count - output.count / bytes.count else { return nil }
                for _ in 0..<count { output.append(contentsOf: bytes) }
            default: return nil
            }
        }
        return Text(utf8: output)
    }

    /// `{HEX}` or `{HEX×COUNT}`.
    private static func escape(_ rest: inout ArraySlice<UInt8>) -> (Unicode.Scalar, Int)? {
        guard rest.popFirst() == UInt8(ascii: "{") else { return nil }
        var value: UInt32 = 0
        var digits = 0
        while let byte = rest.first, let digit = hexadecimal(byte) {
            rest.removeFirst()
            digits += 1
            guard digits <= 6 else { return nil }
            value = value << 4 | digit
        }
        guard digits > 0, let scalar = Unicode.Scalar(value) else { return nil }
        var count = 1
        if rest.starts(with: "×".utf8) {
            rest = rest.dropFirst("×".utf8.count)
            count = 0
            var places = 0
            while let byte = rest.first, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) {
                rest.removeFirst()
                places += 1
                guard places <= 7 else { return nil }
                count = count * 10 + Int(byte - UInt8(ascii: "0"))
            }
            guard places > 0, count > 0 else { return nil }
        }
        return rest.popFirst() == UInt8(ascii: "}") ? (scalar, count) : nil
    }

    private static func hexadecimal(_ byte: UInt8) -> UInt32? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(byte - UInt8(ascii: "A")) + 10
        default: nil
        }
    }
}
