/// The number of a type in its table: equal numbers are equal types.
typealias TypeID = Int32

/// The number of an entity type of a schema.
typealias EntityTypeIndex = Int32

/// A resolved type. Parts are numbers, so that comparing and freeing types needs no recursion.
enum ResolvedType: Hashable, Sendable {
    /// The element type of an empty set.
    case never
    case bool
    /// Booleans known before evaluation.
    case alwaysTrue, alwaysFalse
    case long, string
    case decimal, ipaddr, datetime, duration
    case set(TypeID)
    /// One of these entity types, ascending; more than one only in permissive validation.
    case entity([EntityTypeIndex])
    /// Ordered by name. An open record, which only permissive validation knows, can have more attributes.
    case record([AttributeType], isOpen: Bool)
}

/// An attribute of a resolved record.
struct AttributeType: Hashable, Sendable {
    let name: CedarString
    let type: TypeID
    let isRequired: Bool
}

/// Interns types.
struct TypeTable: Sendable {
    /// How deep resolved types may nest; values never get so deep.
    static let maximumDepth = 64

    private var types: [ResolvedType] = []
    private var depths: [Int] = []
    private var numbers: [ResolvedType: TypeID] = [:]
    /// What two sets or records have in common, so that types that share parts are not compared again and again.
    var joins: [Join: TypeID?] = [:]

    struct Join: Hashable {
        let left: TypeID
        let right: TypeID
        let isStrict: Bool
    }

    static let never: TypeID = 0
    static let bool: TypeID = 1
    static let alwaysTrue: TypeID = 2
    static let alwaysFalse: TypeID = 3
    static let long: TypeID = 4
    static let string: TypeID = 5
    static let decimal: TypeID = 6
    static let ipaddr: TypeID = 7
    static let datetime: TypeID = 8
    static let duration: TypeID = 9
    static let emptyRecord: TypeID = 10

    /// The types of the language that have a name in schemas.
    static let named: [CedarString: TypeID] = [
        "Bool": bool, "Long": long, "String": string, "decimal": decimal, "ipaddr": ipaddr, "datetime": datetime,
        "duration": duration,
    ]

    init() {
        let basic: [ResolvedType] = [
            .never, .bool, .alwaysTrue, .alwaysFalse, .long, .string, .decimal, .ipaddr, .datetime, .duration,
            .record([], isOpen: false),
        ]
        for type in basic { _ = number(of: type) }
    }

    subscript(number: TypeID) -> ResolvedType { types[Int(number)] }

    func depth(of number: TypeID) -> Int { depths[Int(number)] }

    mutating func number(of type: ResolvedType) -> TypeID {
        if let known = numbers[type] { return known }
        let depth =
            switch type {
            case .set(let element): depths[Int(element)] + 1
            case .record(let attributes, _): (attributes.map { depths[Int($0.type)] }.max() ?? 0) + 1
            default: 1
            }
        let number = TypeID(types.count)
        types.append(type)
        depths.append(depth)
        numbers[type] = number
        return number
    }

    mutating func set(of element: TypeID) -> TypeID { number(of: .set(element)) }
    mutating func entity(_ index: EntityTypeIndex) -> TypeID { number(of: .entity([index])) }
}

extension [AttributeType] {
    /// The attribute of that name; the list is ordered by name.
    func named(_ name: CedarString) -> AttributeType? {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if self[middle].name < name { low = middle + 1 } else { high = middle }
        }
        return low < count && self[low].name == name ? self[low] : nil
    }
}
