/// A value of the language.
///
/// Comparing and freeing recurse: what is read nests at most 32 levels deep, and whoever makes values from data of others has to
/// keep to that limit too.
public enum CedarValue: Hashable, Sendable {
    /// `true` or `false`.
    case bool(Bool)
    /// A 64-bit integer.
    case long(Int64)
    /// A string, compared by bytes.
    case string(CedarString)
    /// A reference to an entity.
    case entity(EntityUID)
    /// A set without order and duplicates.
    case set(CedarSet)
    /// Named values.
    case record(CedarRecord)
    /// The extension type `decimal`.
    case decimal(CedarDecimal)
    /// The extension type `ipaddr`.
    case ipaddr(IPRange)
    /// The extension type `datetime`.
    case datetime(CedarDatetime)
    /// The extension type `duration`.
    case duration(CedarDuration)

    /// The name of its type in messages.
    public var typeName: String {
        switch self {
        case .bool: "bool"
        case .long: "long"
        case .string: "string"
        case .entity: "entity"
        case .set: "set"
        case .record: "record"
        case .decimal: "decimal"
        case .ipaddr: "ipaddr"
        case .datetime: "datetime"
        case .duration: "duration"
        }
    }
}

/// A set of values.
public struct CedarSet: Hashable, Sendable {
    /// The members, each once, in no order.
    public let elements: Set<CedarValue>

    /// Duplicates collapse.
    public init(_ elements: some Sequence<CedarValue>) {
        self.elements = Set(elements)
    }
}

/// Named values, names compared by bytes.
public struct CedarRecord: Sendable, Hashable, ExpressibleByDictionaryLiteral {
    /// One attribute.
    public struct Member: Hashable, Sendable {
        /// The attribute's name.
        public let name: CedarString
        /// The attribute's value.
        public let value: CedarValue
        let key: NameKey

        /// An attribute.
        public init(name: CedarString, value: CedarValue) {
            self.name = name
            self.value = value
            key = NameKey(name)
        }
    }

    /// Ordered by name, so that equal records are equal arrays.
    public let members: [Member]

    /// Of several members with one name the last counts.
    public init(_ members: [Member]) {
        // Most are written in order already.
        guard zip(members, members.dropFirst()).contains(where: { !($0.name < $1.name) }) else {
            self.members = members
            return
        }
        var sorted: [Member] = []
        sorted.reserveCapacity(members.count)
        for (offset, member) in members.enumerated().sorted(by: { Self.precedes($0, $1) }) {
            _ = offset
            if sorted.last?.name == member.name { sorted.removeLast() }
            sorted.append(member)
        }
        self.members = sorted
    }

    /// A literal in Swift source.
    public init(dictionaryLiteral elements: (CedarString, CedarValue)...) {
        self.init(elements.map { Member(name: $0.0, value: $0.1) })
    }

    private static func precedes(_ left: (offset: Int, element: Member), _ right: (offset: Int, element: Member))
        -> Bool
    {
        if left.element.name == right.element.name { return left.offset < right.offset }
        return left.element.name < right.element.name
    }

    /// The value of that name.
    public subscript(name: CedarString) -> CedarValue? { value(of: name, NameKey(name)) }

    /// The same for a name whose key is known.
    func value(of name: CedarString, _ key: NameKey) -> CedarValue? {
        if members.count <= 16 {
            for index in members.indices where members[index].key == key {
                if key.isWhole || members[index].name == name { return members[index].value }
            }
            return nil
        }
        var (low, high) = (0, members.count)
        while low < high {
            let middle = (low + high) / 2
            if members[middle].name < name { low = middle + 1 } else { high = middle }
        }
        return low < members.count && members[low].name == name ? members[low].value : nil
    }

    /// The same record with one attribute set.
    public func setting(_ name: CedarString, to value: CedarValue) -> CedarRecord {
        CedarRecord(members + [Member(name: name, value: value)])
    }
}
