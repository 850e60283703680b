extension JSONParser {
    /// Reads the number whose sign or first digit stands at `position` (RFC 8259, section 6).
    mutating func readNumber(_ bytes: Span<UInt8>) throws(JSONReadingError) -> JSONValue {
        let start = position
        if bytes[position] == UInt8(ascii: "-") { position += 1 }
        let digits = position
        try skipDigits(bytes, of: start)
        if bytes[digits] == UInt8(ascii: "0"), position > digits + 1 { throw refusal(.invalidNumber, at: start) }
        var isInteger = true
        if position < bytes.count, bytes[position] == UInt8(ascii: ".") {
            isInteger = false
            position += 1
            try skipDigits(bytes, of: start)
        }
        if position < bytes.count, bytes[position] | 0x20 == UInt8(ascii: "e") {
            isInteger = false
            position += 1
            if position < bytes.count, bytes[position] == UInt8(ascii: "+") || bytes[position] == UInt8(ascii: "-") {
                position += 1
            }
            try skipDigits(bytes, of: start)
        }
        return isInteger
            ? .integer(try integer(bytes, from: start, digits: digits)) : .double(try double(bytes, from: start))
    }

    private mutating func skipDigits(_ bytes: Span<UInt8>, of start: Int) throws(JSONReadingError) {
        let first = position
        while position < bytes.count, bytes[position] &- UInt8(ascii: "0") < 10 { position += 1 }
        guard position > first else { throw refusal(.invalidNumber, at: start) }
    }

    private func integer(_ bytes: Span<UInt8>, from start: Int, digits: Int) throws(JSONReadingError) -> Int64 {
        let isNegative = digits > start
        var value: Int64 = 0
        for index in digits..<position {
            let digit = Int64(bytes[index] &- UInt8(ascii: "0"))
            let (product, overflows) = value.multipliedReportingOverflow(by: 10)
            // Counted down for a negative number, because the smallest one has no positive counterpart.
            let (sum, exceeds) =
                isNegative ? product.subtractingReportingOverflow(digit) : product.addingReportingOverflow(digit)
            if overflows || exceeds { throw refusal(.numberOutOfRange, at: start) }
            value = sum
        }
        return value
    }

    private func double(_ bytes: Span<UInt8>, from start: Int) throws(JSONReadingError) -> Double {
        guard position - start <= limits.stringBytes else { throw refusal(.numberOutOfRange, at: start) }
        // The grammar was checked above: the standard library sees only a plain decimal literal and rounds it correctly.
        guard let value = Double(Self.decode(bytes.extracting(start..<position))) else {
            throw refusal(.invalidNumber, at: start)
        }
        guard value.isFinite else { throw refusal(.numberOutOfRange, at: start) }
        return value == 0 ? 0 : value
    }
}
