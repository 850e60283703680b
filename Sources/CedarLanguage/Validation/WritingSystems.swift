/// The writing systems of the letters in a text, as far as they can be taken for one another or stand beside each other on
/// purpose. A text is of one system when all of its letters have one in common (UTS 39, section 5.1).
struct WritingSystems: OptionSet {
    let rawValue: UInt32

    static let latin = WritingSystems(rawValue: 1 << 0)
    static let greek = WritingSystems(rawValue: 1 << 1)
    static let cyrillic = WritingSystems(rawValue: 1 << 2)
    static let armenian = WritingSystems(rawValue: 1 << 3)
    static let hebrew = WritingSystems(rawValue: 1 << 4)
    static let arabic = WritingSystems(rawValue: 1 << 5)
    static let georgian = WritingSystems(rawValue: 1 << 6)
    static let cherokee = WritingSystems(rawValue: 1 << 7)
    /// Indic scripts, Thai, Lao, Tibetan, Myanmar and Ethiopic: not told apart from each other.
    static let southern = WritingSystems(rawValue: 1 << 8)
    static let coptic = WritingSystems(rawValue: 1 << 9)
    // Whole systems of writing, which use several scripts.
    static let japanese = WritingSystems(rawValue: 1 << 10)
    static let korean = WritingSystems(rawValue: 1 << 11)
    static let chinese = WritingSystems(rawValue: 1 << 12)

    /// Digits, punctuation, signs and what is not told apart belong to all.
    static let all = WritingSystems(rawValue: .max)

    /// Ascending; what lies between belongs to all.
    private static let ranges: [(last: UInt32, first: UInt32, systems: WritingSystems)] = [
        (0x5A, 0x41, .latin), (0x7A, 0x61, .latin), (0xAA, 0xAA, .latin), (0xBA, 0xBA, .latin), (0xD6, 0xC0, .latin),
        (0xF6, 0xD8, .latin), (0x2B8, 0xF8, .latin), (0x373, 0x370, .greek), (0x377, 0x376, .greek),
        (0x37D, 0x37B, .greek), (0x37F, 0x37F, .greek), (0x386, 0x386, .greek), (0x3E1, 0x388, .greek),
        (0x3EF, 0x3E2, .coptic), (0x3FF, 0x3F0, .greek), (0x484, 0x400, .cyrillic), (0x52F, 0x487, .cyrillic),
        (0x556, 0x531, .armenian), (0x588, 0x560, .armenian), (0x5F4, 0x591, .hebrew), (0x60B, 0x600, .arabic),
        (0x61A, 0x610, .arabic), (0x63F, 0x620, .arabic), (0x64A, 0x641, .arabic), (0x6FF, 0x66E, .arabic),
        (0x77F, 0x750, .arabic), (0x8FF, 0x870, .arabic), (0x963, 0x900, .southern), (0x109F, 0x966, .southern),
        (0x10C5, 0x10A0, .georgian),
        (0x10FF, 0x10C7, .georgian), (0x11FF, 0x1100, .korean), (0x139F, 0x1200, .southern),
        (0x13FD, 0x13A0, .cherokee), (0x1C88, 0x1C80, .cyrillic), (0x1CBF, 0x1C90, .georgian),
        (0x1D25, 0x1D00, .latin), (0x1D2A, 0x1D26, .greek), (0x1D2B, 0x1D2B, .cyrillic), (0x1D5C, 0x1D2C, .latin),
        (0x1EFF, 0x1E00, .latin), (0x1FFE, 0x1F00, .greek), (0x2C7F, 0x2C60, .latin), (0x2CFF, 0x2C80, .coptic),
        (0x2D2D, 0x2D00, .georgian), (0x2DFF, 0x2DE0, .cyrillic), (0x2FDF, 0x2E80, [.japanese, .korean, .chinese]),
        (0x3007, 0x3005, [.japanese, .korean, .chinese]), (0x3096, 0x3041, .japanese), (0x30FA, 0x30A1, .japanese),
        (0x312F, 0x3105, .chinese), (0x318E, 0x3131, .korean), (0x31BF, 0x31A0, .chinese), (0x31FF, 0x31F0, .japanese),
        (0x4DBF, 0x3400, [.japanese, .korean, .chinese]), (0x9FFF, 0x4E00, [.japanese, .korean, .chinese]),
        (0xA69F, 0xA640, .cyrillic), (0xA7CA, 0xA722, .latin), (0xA97C, 0xA960, .korean), (0xAB64, 0xAB30, .latin),
        (0xABBF, 0xAB70, .cherokee), (0xD7FB, 0xAC00, .korean), (0xFAD9, 0xF900, [.japanese, .korean, .chinese]),
        (0xFB06, 0xFB00, .latin), (0xFB17, 0xFB13, .armenian), (0xFB4F, 0xFB1D, .hebrew), (0xFDFF, 0xFB50, .arabic),
        (0xFEFC, 0xFE70, .arabic), (0xFF3A, 0xFF21, .latin), (0xFF5A, 0xFF41, .latin), (0xFF9F, 0xFF66, .japanese),
        (0xFFDC, 0xFFA0, .korean), (0x323AF, 0x20000, [.japanese, .korean, .chinese]),
    ]

    /// Of one scalar.
    private static func of(_ scalar: Unicode.Scalar) -> WritingSystems {
        let (value, properties) = (scalar.value, scalar.properties)
        // Marks that belong to any letter, and signs inside of the ranges.
        guard properties.isAlphabetic, properties.generalCategory != .nonspacingMark else { return .all }
        var (low, high) = (0, ranges.count)
        while low < high {
            let middle = (low + high) / 2
            if ranges[middle].last < value { low = middle + 1 } else { high = middle }
        }
        return low < ranges.count && ranges[low].first <= value ? ranges[low].systems : .all
    }

    /// Whether the letters of a text have no writing system in common.
    static func areMixed(in text: String) -> Bool {
        if text.utf8.allSatisfy({ $0 < 0x80 }) { return false }
        var common = WritingSystems.all
        for scalar in text.unicodeScalars {
            common.formIntersection(of(scalar))
            if common.isEmpty { return true }
        }
        return false
    }

    /// Whether a text has characters that turn the direction of what is shown: embeddings, overrides and isolates.
    static func turnsDirection(_ text: String) -> Bool {
        text.unicodeScalars.contains { (0x202A...0x202E).contains($0.value) || (0x2066...0x2069).contains($0.value) }
    }
}
