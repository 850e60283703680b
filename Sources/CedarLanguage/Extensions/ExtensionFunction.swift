/// A function of the extension types: constructors are called as functions, everything else as methods.
public enum ExtensionFunction: String, CaseIterable, Sendable {
    // The names are those of the language; their meaning is in the language's documentation.
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    case decimal, ip, datetime, duration
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    case lessThan, lessThanOrEqual, greaterThan, greaterThanOrEqual
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    case isIpv4, isIpv6, isLoopback, isMulticast, isInRange
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    case offset, durationSince, toDate, toTime
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    case toMilliseconds, toSeconds, toMinutes, toHours, toDays

    /// Whether it is called as a function and reads a value from a string.
    public var isConstructor: Bool {
        switch self {
        case .decimal, .ip, .datetime, .duration: true
        default: false
        }
    }

    /// How many values it takes, the receiver of a method included.
    public var arity: Int {
        switch self {
        case .lessThan, .lessThanOrEqual, .greaterThan, .greaterThanOrEqual, .isInRange, .offset, .durationSince: 2
        default: 1
        }
    }

    /// Nil when no function has that name. Compared by bytes.
    static func named(_ name: CedarString) -> ExtensionFunction? {
        byName[name]
    }

    private static let byName = Dictionary(uniqueKeysWithValues: allCases.map { (CedarString($0.rawValue), $0) })
}
