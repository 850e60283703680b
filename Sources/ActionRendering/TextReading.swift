import CanonicalEncoding

/// One pass over a text: its shown form, its warnings, and whether a person can read it at all.
struct TextReading {
    private(set) var warnings = WarningSet()
    /// Data that is no text: long runs without a break, or escapes all over.
    private(set) var isOpaque = false
    let shown: Text

    init(_ text: Text) {
        // Nearly everything that is shown is such a text, and is shown as it is.
        if Self.isPlain(text) {
            shown = text
            return
        }
        var reader = Reader(capacity: text.utf8.count)
        for scalar in text.string.unicodeScalars { reader.read(scalar) }
        reader.finish()
        shown = Text(String(decoding: reader.output, as: UTF8.self))
        warnings = reader.warnings
        if text.utf8.count > RenderingLimits.longValueBytes { warnings.insert(.long) }
        isOpaque =
            reader.longestRun >= RenderingLimits.opaqueRunBytes
            || (reader.hidden >= 64 && reader.hidden * 4 >= reader.scalars)
    }

    /// Short ASCII without anything to escape or to count: letters, digits, signs, and single spaces between them.
    private static func isPlain(_ text: Text) -> Bool {
        guard text.utf8.count < min(RenderingLimits.longValueBytes, RenderingLimits.opaqueRunBytes) else {
            return false
        }
        var before = UInt8(ascii: " ")
        for byte in text.utf8 {
            guard (0x20...0x7E).contains(byte), byte != UInt8(ascii: "\\"), byte != 0x20 || before != 0x20 else {
                return false
            }
            before = byte
        }
        return before != UInt8(ascii: " ") || text.isEmpty
    }

    private struct Reader {
        var output: [UInt8] = []
        var warnings = WarningSet()
        var scalars = 0
        /// Scalars that became escapes, line structure aside.
        var hidden = 0
        var longestRun = 0
        private var unbroken = 0
        private var words = WordWatch()
        /// Spaces or equal escapes that have not been written yet.
        private var run: (scalar: Unicode.Scalar, count: Int)?
        /// The run began where the text begins.
        private var runIsAtStart = false
        /// Marks since the last letter; nil where there is no letter to carry one.
        private var marks: Int?
        private var marksFollowLetterOfAlphabet = false

        init(capacity: Int) {
            output.reserveCapacity(capacity + capacity / 8)
        }

        mutating func read(_ scalar: Unicode.Scalar) {
            defer { scalars += 1 }
            switch Displayability.classify(scalar) {
            case .letter:
                words.letter(scalar.value)
                if Displayability.isRightToLeft(scalar.value) { warnings.insert(.rightToLeft) }
                if scalar.value >= 0x80, scalar.properties.isFullCompositionExclusion { warnings.insert(.decomposed) }
                write(scalar)
                marks = 0
                marksFollowLetterOfAlphabet = Script(letter: scalar.value) != nil
            case .mark: readMark(scalar)
            case .other:
                words.other(scalar.value)
                if Displayability.isRightToLeft(scalar.value) { warnings.insert(.rightToLeft) }
                write(scalar)
                marks = nil
            case .space:
                words.endWord()
                marks = nil
                extendRun(scalar)
            case .hidden(let warning):
                words.endWord()
                hide(scalar, warning)
            }
        }

        mutating func finish() {
            words.endWord()
            flushRun(isAtEnd: true)
            if words.sawMixedScripts { warnings.insert(.mixedScripts) }
            if words.sawLookAlike { warnings.insert(.lookAlike) }
        }

        private mutating func readMark(_ scalar: Unicode.Scalar) {
            guard let before = marks, before < RenderingLimits.marksInARow else {
                return hide(scalar, .combiningOverload)
            }
            if marksFollowLetterOfAlphabet { warnings.insert(.decomposed) }
            write(scalar)
            marks = before + 1
        }

        private mutating func hide(_ scalar: Unicode.Scalar, _ warning: Warning) {
            // Line breaks and tabs are structure, and everybody sees them as escapes: they need no warning.
            if scalar != "\n" && scalar != "\t" {
                warnings.insert(warning)
                hidden += 1
            }
            marks = nil
            extendRun(scalar)
        }

        private mutating func write(_ scalar: Unicode.Scalar) {
            flushRun(isAtEnd: false)
            if scalar == "\\" { output.append(UInt8(ascii: "\\")) }
            output.append(contentsOf: scalar.utf8)
            unbroken = isDataByte(scalar) ? unbroken + 1 : 0
            longestRun = max(longestRun, unbroken)
        }

        private mutating func extendRun(_ scalar: Unicode.Scalar) {
            unbroken = 0
            if let current = run, current.scalar == scalar {
                run = (scalar, current.count + 1)
            } else {
                flushRun(isAtEnd: false)
                run = (scalar, 1)
                runIsAtStart = scalars == 0
            }
        }

        private mutating func flushRun(isAtEnd: Bool) {
            guard let (scalar, count) = run else { return }
            run = nil
            if scalar == " " {
                if count <= 2, !runIsAtStart, !isAtEnd {
                    output.append(contentsOf: repeatElement(0x20, count: count))
                } else {
                    warnings.insert(.padding)
                    writeEscape(scalar, count: count)
                }
            } else if count >= 5 {
                warnings.insert(.padding)
                writeEscape(scalar, count: count)
            } else {
                for _ in 0..<count { writeEscape(scalar, count: 1) }
            }
        }

        private mutating func writeEscape(_ scalar: Unicode.Scalar, count: Int) {
            switch scalar {
            case "\n" where count == 1: output.append(contentsOf: "\\n".utf8)
            case "\r" where count == 1: output.append(contentsOf: "\\r".utf8)
            case "\t" where count == 1: output.append(contentsOf: "\\t".utf8)
            default:
                let hex = String(scalar.value, radix: 16, uppercase: true)
                output.append(contentsOf: (count == 1 ? "\\u{\(hex)}" : "\\u{\(hex)×\(count)}").utf8)
            }
        }

        /// The alphabets of hexadecimal, base32 and base64.
        private func isDataByte(_ scalar: Unicode.Scalar) -> Bool {
            switch scalar {
            case "a"..."z", "A"..."Z", "0"..."9", "+", "/", "-", "_", "=": true
            default: false
            }
        }
    }
}
