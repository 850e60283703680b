extension ExtensionFunction {
    /// A failure and the operand that is to blame, if it is one.
    struct Failure: Error {
        let failure: EvaluationFailure
        var operand: Int?
    }

    /// What a function is called with; the second is the first again where there is only one.
    struct Operands {
        let first: CedarValue
        let second: CedarValue

        subscript(index: Int) -> CedarValue { index == 0 ? first : second }
    }

    /// The function's value; `__extn` in JSON calls it the same way.
    func apply(to values: [CedarValue]) throws(Failure) -> CedarValue {
        guard values.count == arity, let first = values.first, let last = values.last else {
            throw Failure(failure: .wrongArgumentCount(self, found: values.count))
        }
        return try apply(to: Operands(first: first, second: last))
    }

    /// The same with as many values as it takes.
    func apply(to values: Operands) throws(Failure) -> CedarValue {
        switch self {
        case .decimal, .ip, .datetime, .duration: return try construct(values.first)
        case .lessThan, .lessThanOrEqual, .greaterThan, .greaterThanOrEqual:
            return .bool(compare(try Self.decimal(values, 0), try Self.decimal(values, 1)))
        case .isIpv4, .isIpv6, .isLoopback, .isMulticast, .isInRange: return .bool(try testAddress(values))
        case .offset, .durationSince, .toDate, .toTime: return try calendar(values)
        case .toMilliseconds, .toSeconds, .toMinutes, .toHours, .toDays:
            return .long(try Self.duration(values, 0).milliseconds / millisecondsPerUnit)
        }
    }

    private func construct(_ value: CedarValue) throws(Failure) -> CedarValue {
        guard case .string(let text) = value else { throw Self.wrongType("string", value, 0) }
        let constructed: CedarValue? =
            switch self {
            case .decimal: CedarDecimal(text).map { .decimal($0) }
            case .ip: IPRange(text).map { .ipaddr($0) }
            case .datetime: CedarDatetime(text).map { .datetime($0) }
            default: CedarDuration(text).map { .duration($0) }
            }
        guard let constructed else { throw Failure(failure: .unreadable(self, text), operand: 0) }
        return constructed
    }

    private func compare(_ left: CedarDecimal, _ right: CedarDecimal) -> Bool {
        switch self {
        case .lessThan: left < right
        case .lessThanOrEqual: left <= right
        case .greaterThan: left > right
        default: left >= right
        }
    }

    private func testAddress(_ values: Operands) throws(Failure) -> Bool {
        let range = try Self.range(values, 0)
        return switch self {
        case .isIpv4: !range.isVersion6
        case .isIpv6: range.isVersion6
        case .isLoopback: range.isLoopback
        case .isMulticast: range.isMulticast
        default: range.isInRange(try Self.range(values, 1))
        }
    }

    private func calendar(_ values: Operands) throws(Failure) -> CedarValue {
        let point = try Self.datetime(values, 0)
        let result: CedarValue? =
            switch self {
            case .offset: point.offset(try Self.duration(values, 1)).map { .datetime($0) }
            case .durationSince: point.durationSince(try Self.datetime(values, 1)).map { .duration($0) }
            case .toDate: point.date.map { .datetime($0) }
            default: .duration(point.time)
            }
        guard let result else { throw Failure(failure: .overflow(operation: "`\(rawValue)`")) }
        return result
    }

    private var millisecondsPerUnit: Int64 {
        switch self {
        case .toSeconds: 1000
        case .toMinutes: 60_000
        case .toHours: 3_600_000
        case .toDays: 86_400_000
        default: 1
        }
    }

    // MARK: Typed operands

    private static func wrongType(_ expected: String, _ found: CedarValue, _ operand: Int) -> Failure {
        Failure(failure: .wrongType(expected: expected, found: found.typeName), operand: operand)
    }

    private static func decimal(_ values: Operands, _ index: Int) throws(Failure) -> CedarDecimal {
        guard case .decimal(let value) = values[index] else { throw wrongType("decimal", values[index], index) }
        return value
    }

    private static func range(_ values: Operands, _ index: Int) throws(Failure) -> IPRange {
        guard case .ipaddr(let value) = values[index] else { throw wrongType("ipaddr", values[index], index) }
        return value
    }

    private static func datetime(_ values: Operands, _ index: Int) throws(Failure) -> CedarDatetime {
        guard case .datetime(let value) = values[index] else { throw wrongType("datetime", values[index], index) }
        return value
    }

    private static func duration(_ values: Operands, _ index: Int) throws(Failure) -> CedarDuration {
        guard case .duration(let value) = values[index] else { throw wrongType("duration", values[index], index) }
        return value
    }
}
