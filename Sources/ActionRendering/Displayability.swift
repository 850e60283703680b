/// Which scalars may stand for themselves: an allow-list by category, so that what a later Unicode adds is escaped until
/// somebody has looked at it (incident 11 of the threat catalogue: every deny-list missed one).
enum Displayability {
    enum Class {
        case letter
        case mark
        /// Numbers, punctuation and symbols.
        case other
        case space
        case hidden(Warning)
    }

    static func classify(_ scalar: Unicode.Scalar) -> Class {
        if scalar.value < 0x80 { return classifyASCII(scalar.value) }
        let properties = scalar.properties
        if properties.isBidiControl { return .hidden(.bidi) }
        if properties.isDefaultIgnorableCodePoint || drawsNothing.contains(scalar.value) { return .hidden(.invisible) }
        switch properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: return .letter
        case .nonspacingMark, .spacingMark:
            // An overlay strikes through what it follows and can cross out a word.
            return properties.canonicalCombiningClass == .overlay ? .hidden(.combiningOverload) : .mark
        case .enclosingMark: return .hidden(.combiningOverload)
        case .decimalNumber, .letterNumber, .otherNumber, .connectorPunctuation, .dashPunctuation, .openPunctuation,
            .closePunctuation, .initialPunctuation, .finalPunctuation, .otherPunctuation, .mathSymbol, .currencySymbol,
            .modifierSymbol, .otherSymbol:
            return .other
        case .spaceSeparator, .format: return .hidden(.invisible)
        case .control, .lineSeparator, .paragraphSeparator: return .hidden(.control)
        case .surrogate, .privateUse, .unassigned: return .hidden(.unassigned)
        @unknown default: return .hidden(.unassigned)
        }
    }

    private static func classifyASCII(_ value: UInt32) -> Class {
        switch value {
        case 0x20: .space
        case 0..<0x20, 0x7F: .hidden(.control)
        case 0x41...0x5A, 0x61...0x7A: .letter
        default: .other
        }
    }

    /// Symbols by category that draw an empty box's inside or nothing at all: Braille blank, musical null note head, the
    /// object replacement and the replacement character (which would look like our own failure), Khitan filler.
    private static let drawsNothing: Set<UInt32> = [0x2800, 0x1D159, 0xFFFC, 0xFFFD, 0x16FE4]

    /// Blocks of scripts that are written from right to left.
    static func isRightToLeft(_ value: UInt32) -> Bool {
        switch value {
        case 0x0590...0x08FF, 0xFB1D...0xFDFF, 0xFE70...0xFEFF, 0x10800...0x10FFF, 0x1E800...0x1EFFF: true
        default: false
        }
    }
}
