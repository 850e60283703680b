/// What a reader of a value has to know. The raw value is what the rendering carries; the order of the cases is the order in
/// which warnings are listed.
package enum Warning: String, Sendable, CaseIterable, Hashable {
    case uninspectable
    case bidi
    case rightToLeft = "right_to_left"
    case control
    case invisible
    case unassigned
    case mixedScripts = "mixed_scripts"
    case lookAlike = "look_alike"
    case decomposed
    case combiningOverload = "combining_overload"
    case padding
    case long
    case folded
    case secret

    /// One sentence for people.
    package var explanation: String {
        switch self {
        case .uninspectable: "This is too large or too opaque to be read, so the request cannot be approved."
        case .bidi: "Contains characters that turn the direction of text; they are shown as escapes."
        case .rightToLeft: "Contains letters that are written from right to left."
        case .control: "Contains control characters; they are shown as escapes."
        case .invisible: "Contains invisible characters or unusual spaces; they are shown as escapes."
        case .unassigned: "Contains characters without an agreed meaning; they are shown as escapes."
        case .mixedScripts: "A word mixes letters of different scripts that look alike."
        case .lookAlike: "Contains characters that look like others on a keyboard, but are not the same."
        case .decomposed:
            "Contains accents written as characters of their own: it looks like another spelling, but differs."
        case .combiningOverload: "Contains marks piled up or without a letter; they are shown as escapes."
        case .padding: "Contains many spaces or line breaks in a row, or spaces at an end; they are counted."
        case .long: "This is long; read it whole."
        case .secret: "The caller keeps this value to itself: only its digest is known, and nobody can read it."
        case .folded: "This is nested too deeply or named too long to be laid out, and is shown as JSON."
        }
    }
}

/// A set of warnings that costs no memory while text is read.
struct WarningSet {
    private var bits: UInt32 = 0

    mutating func insert(_ warning: Warning) {
        bits |= Self.bit(warning)
    }

    var list: [Warning] {
        bits == 0 ? [] : Warning.allCases.filter { bits & Self.bit($0) != 0 }
    }

    private static func bit(_ warning: Warning) -> UInt32 {
        switch warning {
        case .uninspectable: 1
        case .bidi: 1 << 1
        case .rightToLeft: 1 << 2
        case .control: 1 << 3
        case .invisible: 1 << 4
        case .unassigned: 1 << 5
        case .mixedScripts: 1 << 6
        case .lookAlike: 1 << 7
        case .decomposed: 1 << 8
        case .combiningOverload: 1 << 9
        case .padding: 1 << 10
        case .long: 1 << 11
        case .folded: 1 << 12
        case .secret: 1 << 13
        }
    }
}
