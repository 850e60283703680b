import CanonicalEncoding
import DomainModel

/// Swift Testing has a type of that name too.
typealias Expectation = DomainModel.Expectation

/// Small, fast and the same on every machine.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

/// Actions that try to hide something: everything that the threat catalogue lists, in names and in values.
struct RandomDocuments {
    var random: SplitMix

    private static let fragments: [String] = [
        "a", "b", "rows", "DROP TABLE orders", " ", "  ", "   ", "\n", "\r\n", "\t", "\\", "\\n", "\\u{41}", "\"", "'",
        ".",
        "[", "]", "[0]", "[\"", "\"]", "{", "}", "×", "\u{202E}", "\u{2066}", "\u{200F}", "\u{61C}", "\u{200B}",
        "\u{2060}",
        "\u{AD}", "\u{FE0F}", "\u{E0100}", "\u{E0041}", "\u{1D173}", "\u{1BCA0}", "\u{3164}", "\u{2800}", "\u{115F}",
        "\u{FFA0}", "\u{0}", "\u{1B}[2J", "\u{8}", "\u{7F}", "\u{85}", "\u{2028}", "\u{A0}", "\u{3000}", "\u{301}",
        "\u{323}",
        "\u{338}", "\u{20DD}", "e\u{301}", "é", "ß", "а", "рау", "ο", "日本", "שלום", "👩‍👩‍👧", "\u{E000}", "\u{10FFFF}",
        "\u{FFFD}", "$secret", "-", "0", "12", "\u{22}", "\\u{22}", "u{22}",
    ]

    mutating func text() -> Text {
        switch Int.random(in: 0..<200, using: &random) {
        case 0...4: return ""
        case 5: return Text(String(repeating: fragment(), count: Int.random(in: 1...300, using: &random)))
        case 6...10:
            var scalars = String.UnicodeScalarView()
            for _ in 0..<Int.random(in: 1...20, using: &random) {
                if let scalar = Unicode.Scalar(UInt32.random(in: 0...0x10FFFF, using: &random)) {
                    scalars.append(scalar)
                }
            }
            return Text(String(scalars))
        default:
            return Text((0..<Int.random(in: 1...5, using: &random)).map { _ in fragment() }.joined())
        }
    }

    private mutating func fragment() -> String {
        Self.fragments[Int.random(in: 0..<Self.fragments.count, using: &random)]
    }

    mutating func value(depth: Int) -> JSONValue {
        switch Int.random(in: 0..<(depth > 0 ? 12 : 7), using: &random) {
        case 0: return nil
        case 1: return .bool(Bool.random(using: &random))
        case 2: return .integer(Int64.random(in: -9_007_199_254_740_991...9_007_199_254_740_991, using: &random))
        case 3: return [:]
        case 4: return []
        case 5, 6, 7: return .string(text())
        case 8, 9: return .array((0..<Int.random(in: 1...4, using: &random)).map { _ in value(depth: depth - 1) })
        case 10: return secretLike()
        default: return .object(object(depth: depth - 1))
        }
    }

    private mutating func secretLike() -> JSONValue {
        let digest = JSONValue.string(Text(Digest(sha256: [UInt8.random(in: 0...255, using: &random)]).wire))
        switch Int.random(in: 0..<4, using: &random) {
        case 0: return ["$secret": ["digest": digest, "salt": .string(text())]]
        case 1: return ["$secret": ["digest": digest, "salt": "c2FsdA", "more": 1]]
        case 2: return .string("secret, known by its salted digest \(digest.stringValue ?? "") with the salt c2FsdA")
        default: return ["$secret": ["digest": digest, "salt": "c2FsdA"]]
        }
    }

    mutating func object(depth: Int) -> JSONObject {
        var object = JSONObject()
        for _ in 0..<Int.random(in: 0...4, using: &random) { object[text()] = value(depth: depth) }
        return object
    }

    mutating func action() -> Action {
        var expectations: [Expectation] = []
        for _ in 0..<Int.random(in: 0...2, using: &random) {
            guard let bound = Expectation.Bound.allCases.randomElement(using: &random) else { continue }
            expectations.append(Expectation(observation: text(), bound: bound, value: text()))
        }
        let preconditions = (0..<Int.random(in: 0...2, using: &random)).map { _ in
            Precondition(provider: text(), of: text(), value: text())
        }
        return Action(
            tool: ToolReference(
                server: text(), name: text(), definition: Bool.random(using: &random) ? Digest(sha256: [1]) : nil),
            resource: ResourceReference(type: text(), id: text()), environment: text(), arguments: object(depth: 4),
            preconditions: preconditions, expectations: expectations,
            deadlineSeconds: Int64.random(in: 0...100_000, using: &random))
    }
}
