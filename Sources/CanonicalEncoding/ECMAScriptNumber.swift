/// Numbers as ECMAScript's `Number::toString` writes them, which RFC 8785 (3.2.2.3) demands.
enum ECMAScriptNumber {
    static func append(_ integer: Int64, to output: inout [UInt8]) {
        if 0 <= integer, integer < 10 { return output.append(UInt8(ascii: "0") + UInt8(integer)) }
        output.append(contentsOf: integer.description.utf8)
    }

    /// A value that is not finite has no form in JSON and is written as `null`, as `JSON.stringify` does. The reader never
    /// produces one.
    static func append(_ double: Double, to output: inout [UInt8]) {
        guard double.isFinite else { return output.append(contentsOf: "null".utf8) }
        if let integer = Int64(exactly: double), integer.magnitude < 1 << 53 { return append(integer, to: &output) }
        if double < 0 { output.append(UInt8(ascii: "-")) }
        let decimal = Decimal(double.magnitude)
        decimal.append(to: &output)
    }

    /// The shortest digits that read back as the same double, and where the point stands: 0.d₁d₂… × 10ⁿ.
    private struct Decimal {
        private var digits: [UInt8] = []
        private var exponent = 0

        /// The standard library finds the shortest and closest digits; only its lay-out differs from ECMAScript's.
        init(_ magnitude: Double) {
            var isBehindPoint = false
            var written = 0
            var sign = 1
            var isExponent = false
            for byte in magnitude.description.utf8 {
                switch byte {
                case UInt8(ascii: "."): isBehindPoint = true
                case UInt8(ascii: "e"): isExponent = true
                case UInt8(ascii: "-"): sign = -1
                case UInt8(ascii: "+"): break
                default:
                    if isExponent {
                        written = written * 10 + Int(byte &- UInt8(ascii: "0"))
                    } else if byte != UInt8(ascii: "0") || !digits.isEmpty {
                        digits.append(byte)
                        if !isBehindPoint { exponent += 1 }
                    } else if isBehindPoint {
                        exponent -= 1
                    }
                }
            }
            exponent += sign * written
            while digits.last == UInt8(ascii: "0") { digits.removeLast() }
        }

        /// The four cases of ECMA-262, `Number::toString`, steps 6 to 10; `exponent` is its n and the number of digits its k.
        func append(to output: inout [UInt8]) {
            if exponent > 21 || exponent < -5 { return appendScientific(to: &output) }
            if exponent <= 0 {
                output.append(contentsOf: "0.".utf8)
                output.append(contentsOf: repeatElement(UInt8(ascii: "0"), count: -exponent))
                output.append(contentsOf: digits)
            } else if digits.count <= exponent {
                output.append(contentsOf: digits)
                output.append(contentsOf: repeatElement(UInt8(ascii: "0"), count: exponent - digits.count))
            } else {
                output.append(contentsOf: digits[..<exponent])
                output.append(UInt8(ascii: "."))
                output.append(contentsOf: digits[exponent...])
            }
        }

        private func appendScientific(to output: inout [UInt8]) {
            output.append(contentsOf: digits.prefix(1))
            if digits.count > 1 {
                output.append(UInt8(ascii: "."))
                output.append(contentsOf: digits.dropFirst())
            }
            output.append(UInt8(ascii: "e"))
            output.append(exponent > 0 ? UInt8(ascii: "+") : UInt8(ascii: "-"))
            output.append(contentsOf: (exponent - 1).magnitude.description.utf8)
        }
    }
}
