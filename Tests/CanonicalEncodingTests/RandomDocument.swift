import CanonicalEncoding

/// SplitMix64: the same documents for the same seed, on every machine.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func chance(_ one: Int) -> Bool { Int.random(in: 0..<one, using: &self) == 0 }
    mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &self) }
}

/// Random JSON values, other spellings of the same value, and values that mean something else.
struct RandomDocument {
    var random: SeededGenerator

    init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
    }

    mutating func value(depth: Int = 0) -> JSONValue {
        switch random.below(depth > 3 ? 6 : 9) {
        case 0: return .null
        case 1: return .bool(random.chance(2))
        case 2: return .integer(integer())
        case 3: return .double(double())
        case 4, 5: return .string(text())
        case 6: return .array((0..<random.below(4)).map { _ in value(depth: depth + 1) })
        default:
            var object = JSONObject()
            for _ in 0..<random.below(random.chance(20) ? 30 : 6) { object[text()] = value(depth: depth + 1) }
            return .object(object)
        }
    }

    mutating func integer() -> Int64 {
        switch random.below(3) {
        case 0: Int64(random.below(20)) - 10
        case 1: Int64(truncatingIfNeeded: random.next())
        default: Int64(truncatingIfNeeded: random.next()) >> Int64(random.below(63))
        }
    }

    /// Finite, and below 2⁵³ where it is whole: RFC 8785 writes larger ones without an exponent, where the reader would take
    /// them for integers.
    mutating func double() -> Double {
        while true {
            let double = random.chance(2) ? Double(bitPattern: random.next()) : Double(random.below(2_000_000)) / 1000
            if double.isFinite, double.magnitude < 0x1p53 || double.magnitude >= 1e21 {
                return double == 0 ? 0 : double
            }
        }
    }

    mutating func text() -> Text {
        var scalars = String.UnicodeScalarView()
        for _ in 0..<random.below(8) { scalars.append(scalar()) }
        return Text(String(scalars))
    }

    private static let notable: [Unicode.Scalar] = [
        "\"", "\\", "/", "\u{0}", "\u{1F}", "\u{7F}", "\n", "\t", "é", "e", "\u{301}", "\u{323}", "\u{212A}", "K",
        "\u{D7FF}", "\u{E000}", "\u{FFFF}", "\u{10000}", "\u{1F600}", "\u{10FFFF}", "\u{2028}", "\u{202E}", "\u{FEFF}",
    ]

    private mutating func scalar() -> Unicode.Scalar {
        switch random.below(3) {
        case 0: return Self.notable[random.below(Self.notable.count)]
        case 1: return Unicode.Scalar(UInt8(0x61 + random.below(4)))
        default: return Unicode.Scalar(UInt32(random.below(0x110000))) ?? "?"
        }
    }
}

extension RandomDocument {
    /// The value in another spelling: white space, order of members, escapes, form of numbers.
    mutating func spelling(of value: JSONValue) -> String {
        space() + core(value) + space()
    }

    private mutating func core(_ value: JSONValue) -> String {
        switch value {
        case .null: return "null"
        case .bool(let bool): return bool ? "true" : "false"
        case .integer(let integer): return integer == 0 && random.chance(4) ? "-0" : String(integer)
        case .double(let double): return spelling(of: double)
        case .string(let text): return spelling(of: text)
        case .array(let elements):
            var parts: [String] = []
            for element in elements { parts.append(spelling(of: element)) }
            return "[\(parts.isEmpty ? space() : parts.joined(separator: ","))]"
        case .object(let object):
            var parts: [String] = []
            for member in object.members.shuffled(using: &random) {
                parts.append("\(space())\(spelling(of: member.name))\(space()):\(spelling(of: member.value))")
            }
            return "{\(parts.isEmpty ? space() : parts.joined(separator: ","))}"
        }
    }

    private mutating func space() -> String {
        random.chance(3) ? [" ", "\n", "\r\n", "\t", "  \n "][random.below(5)] : ""
    }

    private mutating func spelling(of double: Double) -> String {
        let text = double.description
        switch random.below(3) {
        case 0: return text.utf8.contains(UInt8(ascii: "e")) ? text.uppercased() : text + "e0"
        case 1: return text.utf8.contains(UInt8(ascii: "e")) ? text : text + "00E+00"
        default: return text
        }
    }

    private mutating func spelling(of text: Text) -> String {
        var spelled = "\""
        for scalar in text.string.unicodeScalars {
            let mustEscape = scalar.value < 0x20 || scalar == "\"" || scalar == "\\"
            if mustEscape || random.chance(3) {
                for unit in String(scalar).utf16 { spelled += escape(unit) }
            } else {
                spelled.unicodeScalars.append(scalar)
            }
        }
        return spelled + "\""
    }

    private mutating func escape(_ unit: UInt16) -> String {
        if unit == 0x2F, random.chance(2) { return "\\/" }
        if unit == 0x0A, random.chance(2) { return "\\n" }
        if unit == 0x22, random.chance(2) { return "\\\"" }
        let digits = String(unit, radix: 16, uppercase: random.chance(2))
        return "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
    }
}

extension RandomDocument {
    /// The value with one change of meaning somewhere in it.
    mutating func changed(_ value: JSONValue) -> JSONValue {
        switch value {
        case .null: return random.chance(2) ? false : .string("null")
        case .bool(let bool): return .bool(!bool)
        case .integer(let integer): return random.chance(2) ? .integer(integer ^ 1) : .string(Text(String(integer)))
        case .double(let double): return .double(double.magnitude < 1 ? double + 1 : double.nextDown.magnitude - 1)
        case .string(let text): return .string(changed(text))
        case .array(var elements):
            guard !elements.isEmpty, !random.chance(4) else { return .array(elements + [value]) }
            let index = random.below(elements.count)
            if random.chance(4) { elements.remove(at: index) } else { elements[index] = changed(elements[index]) }
            return .array(elements)
        case .object(var object):
            guard !object.isEmpty, !random.chance(4) else { return .object(addingMember(to: object)) }
            let member = object.members[random.below(object.count)]
            switch random.below(3) {
            case 0: object[member.name] = nil
            case 1:
                object[member.name] = nil
                object[unused(changed(member.name), in: object)] = member.value
                guard object[member.name] == nil else { return .object(addingMember(to: object)) }
            default: object[member.name] = changed(member.value)
            }
            return .object(object)
        }
    }

    private mutating func addingMember(to object: JSONObject) -> JSONObject {
        var object = object
        object[unused(text(), in: object)] = value(depth: 4)
        return object
    }

    private func unused(_ name: Text, in object: JSONObject) -> Text {
        var name = name
        while object[name] != nil { name = Text(name.string + "x") }
        return name
    }

    private mutating func changed(_ text: Text) -> Text {
        var scalars = Array(text.string.unicodeScalars)
        guard !scalars.isEmpty, !random.chance(3) else { return Text(text.string + String(scalar())) }
        let index = random.below(scalars.count)
        if scalars[index] == "é" {
            // Canonically equivalent, and yet other bytes.
            scalars.replaceSubrange(index...index, with: ["e", "\u{301}"])
        } else {
            scalars.remove(at: index)
        }
        var changed = String.UnicodeScalarView()
        changed.append(contentsOf: scalars)
        return Text(String(changed))
    }
}
