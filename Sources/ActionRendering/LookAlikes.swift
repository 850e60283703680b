/// Scripts whose letters are taken for one another. Only the blocks matter here that hold such letters.
enum Script: UInt8 {
    case latin = 1
    case greek = 2
    case cyrillic = 4
    case armenian = 8
    case cherokee = 16
    case coptic = 32
    case lisu = 64

    init?(letter value: UInt32) {
        switch value {
        case 0x41...0x5A, 0x61...0x7A, 0xAA, 0xBA, 0xC0...0x24F, 0x250...0x2AF, 0x1E00...0x1EFF, 0x2C60...0x2C7F,
            0xA720...0xA7FF, 0xAB30...0xAB64:
            self = .latin
        case 0x370...0x3E1, 0x3F0...0x3FF, 0x1F00...0x1FFF: self = .greek
        case 0x3E2...0x3EF, 0x2C80...0x2CFF: self = .coptic
        case 0x400...0x52F, 0x1C80...0x1C8F, 0x1D2B, 0x2DE0...0x2DFF, 0xA640...0xA69F: self = .cyrillic
        case 0x530...0x58F, 0xFB13...0xFB17: self = .armenian
        case 0x13A0...0x13FF, 0xAB70...0xABBF: self = .cherokee
        case 0xA4D0...0xA4FF, 0x11FB0...0x11FBF: self = .lisu
        default: return nil
        }
    }
}

/// Follows the words of a text and notices those that could be read as others.
struct WordWatch {
    private var scripts: UInt8 = 0
    private var letters = 0
    private var imitations = 0
    private(set) var sawMixedScripts = false
    private(set) var sawLookAlike = false

    mutating func letter(_ value: UInt32) {
        letters += 1
        if let script = Script(letter: value) { scripts |= script.rawValue }
        if Self.imitatesLatin(value) { imitations += 1 }
        if Self.isVariantForm(value) { sawLookAlike = true }
    }

    /// Numbers and marks belong to the word that they stand in; so does `_`.
    mutating func other(_ value: UInt32) {
        if (0x30...0x39).contains(value) || value == 0x5F { return }
        if Self.imitatesPunctuation(value) || Self.isVariantForm(value) { sawLookAlike = true }
        endWord()
    }

    mutating func endWord() {
        if scripts.nonzeroBitCount > 1 { sawMixedScripts = true }
        if letters > 0, imitations == letters { sawLookAlike = true }
        scripts = 0
        letters = 0
        imitations = 0
    }

    /// Letters of other scripts that most typefaces draw like a Latin one; a word of nothing else reads as Latin.
    private static func imitatesLatin(_ value: UInt32) -> Bool {
        if value < 0x370 { return false }
        return imitations.contains(value)
    }

    private static let imitations: Set<UInt32> = Set(
        ("\u{430}\u{441}\u{435}\u{43E}\u{440}\u{445}\u{443}\u{456}\u{458}\u{455}\u{4BB}\u{501}\u{51B}\u{51D}\u{4CF}"
            + "\u{410}\u{412}\u{415}\u{41A}\u{41C}\u{41D}\u{41E}\u{420}\u{421}\u{422}\u{425}\u{423}\u{406}\u{408}\u{405}"
            + "\u{4C0}\u{50C}\u{51A}\u{51C}\u{3BF}\u{3BD}\u{3B1}\u{3C1}\u{3B9}\u{3F2}\u{3F3}\u{391}\u{392}\u{395}\u{396}"
            + "\u{397}\u{399}\u{39A}\u{39C}\u{39D}\u{39F}\u{3A1}\u{3A4}\u{3A5}\u{3A7}\u{3F9}\u{585}\u{578}\u{57D}\u{570}")
            .unicodeScalars.map(\.value))

    /// Full-width, mathematical, letter-like and enclosed forms of ASCII.
    private static func isVariantForm(_ value: UInt32) -> Bool {
        switch value {
        case 0x2100...0x214F, 0x2460...0x24FF, 0xFB00...0xFB06, 0xFF01...0xFF5E, 0x1D400...0x1D7FF, 0x1F100...0x1F189,
            0x1FEF, 0x37E, 0x387:
            true
        default: false
        }
    }

    /// Slashes, dots, colons, dashes, quotes and bars that are not the keyboard's.
    private static func imitatesPunctuation(_ value: UInt32) -> Bool {
        switch value {
        case 0x2010...0x2015, 0x2018...0x201F, 0x2024, 0x2032...0x2037, 0x2039, 0x203A, 0x2044, 0x204E, 0x2052, 0x2212,
            0x2215...0x2217, 0x2223, 0x2236, 0x223C, 0x29F5, 0x29F8, 0x29F9, 0x3002, 0xA789, 0xFE50...0xFE6B:
            true
        default: false
        }
    }
}
