/// An entity with everything that policies can ask about it.
public struct CedarEntity: Sendable, Hashable {
    /// Its name.
    public let uid: EntityUID
    /// Its attributes.
    public let attributes: CedarRecord
    /// The entities that it belongs to directly.
    public let parents: Set<EntityUID>
    /// Its tags.
    public let tags: CedarRecord

    /// An entity.
    public init(uid: EntityUID, attributes: CedarRecord = [:], parents: Set<EntityUID> = [], tags: CedarRecord = [:]) {
        self.uid = uid
        self.attributes = attributes
        self.parents = parents
        self.tags = tags
    }
}

/// Why entities were refused.
public struct CedarEntityError: Error, Hashable, Sendable, CustomStringConvertible {
    /// One sentence without full stop that names the entity or the place in the document.
    public let message: String

    /// The message.
    public var description: String { message }
}

/// Entities by name, with all ancestors computed.
///
/// Every name that occurs as an entity or as a parent has a number; ancestors are numbers.
public struct CedarEntities: Sendable {
    private var names = NameTable<EntityUID>()
    /// By number; nil for what is only somebody's parent.
    private var rows: [CedarEntity?] = []
    /// How many rows are not nil.
    public private(set) var count = 0
    /// The ancestors of all, one after the other, each time ascending.
    private var above: [Int32] = []
    /// Of each number, where its ancestors stand in `above`.
    private var ranges: [Range<Int32>] = []

    /// No entities.
    public init() {}

    /// Refuses two different entities of one name, and an entity that is its own ancestor.
    public init(_ list: some Sequence<CedarEntity>) throws(CedarEntityError) {
        for entity in list {
            let number = number(entity.uid)
            if let known = rows[number] {
                guard known == entity else {
                    throw CedarEntityError(
                        message: "the entity \(entity.uid) is there twice, with different content")
                }
                continue
            }
            rows[number] = entity
            count += 1
        }
        try computeAncestors()
    }

    /// The number of a name, a new one if it has none.
    private mutating func number(_ uid: EntityUID) -> Int {
        let number = Int(names.insert(uid))
        if number == rows.count { rows.append(nil) }
        return number
    }

    /// The entity of that name.
    public subscript(uid: EntityUID) -> CedarEntity? { names.number(of: uid).flatMap { rows[Int($0)] } }

    /// Nil when there is no such entity.
    func attributes(of uid: EntityUID) -> CedarRecord? { names.number(of: uid).flatMap { rows[Int($0)]?.attributes } }

    /// Nil when there is no such entity.
    func tags(of uid: EntityUID) -> CedarRecord? { names.number(of: uid).flatMap { rows[Int($0)]?.tags } }

    // MARK: Ancestors

    /// Everything that it belongs to, directly or through others; without itself.
    public func ancestors(of uid: EntityUID) -> Set<EntityUID> {
        var found: Set<EntityUID> = []
        visitAncestors(of: uid) { found.insert($0) }
        return found
    }

    func ancestorCount(of uid: EntityUID) -> Int { range(of: uid)?.count ?? 0 }

    func visitAncestors(of uid: EntityUID, _ body: (EntityUID) -> Void) {
        for place in range(of: uid) ?? 0..<0 { body(names.names[Int(above[Int(place)])]) }
    }

    /// Whether the two are the same or the second is an ancestor of the first: the operator `in`.
    public func isDescendant(_ uid: EntityUID, of ancestor: EntityUID) -> Bool {
        if uid == ancestor { return true }
        guard let range = range(of: uid), let wanted = names.number(of: ancestor) else { return false }
        var (low, high) = (Int(range.lowerBound), Int(range.upperBound))
        while high - low > 8 {
            let middle = (low + high) / 2
            if above[middle] <= wanted { low = middle } else { high = middle }
        }
        for place in low..<high where above[place] == wanted { return true }
        return false
    }

    /// Nil for what has no ancestors.
    private func range(of uid: EntityUID) -> Range<Int32>? {
        guard let number = names.number(of: uid), ranges.indices.contains(Int(number)) else { return nil }
        let range = ranges[Int(number)]
        return range.isEmpty ? nil : range
    }

    /// Parents first and without recursion, so that a long chain needs no stack.
    private mutating func computeAncestors() throws(CedarEntityError) {
        guard rows.contains(where: { $0?.parents.isEmpty == false }) else { return }
        var parents: [[Int32]] = []
        for number in 0..<rows.count {
            let uids = rows[number]?.parents ?? []
            parents.append(uids.map { Int32(self.number($0)) })
        }
        // What is only a parent has none itself.
        parents += Array(repeating: [], count: rows.count - parents.count)
        ranges = Array(repeating: 0..<0, count: rows.count)
        var children: [[Int32]] = Array(repeating: [], count: rows.count)
        var waitingFor = parents.map(\.count)
        for (number, parents) in parents.enumerated() {
            for parent in parents { children[Int(parent)].append(Int32(number)) }
        }
        var ready = waitingFor.indices.filter { waitingFor[$0] == 0 }
        var done = 0
        while let number = ready.popLast() {
            done += 1
            try placeAncestors(of: number, parents[number])
            for child in children[number] {
                waitingFor[Int(child)] -= 1
                if waitingFor[Int(child)] == 0 { ready.append(Int(child)) }
            }
        }
        guard done < rows.count else { return }
        let stuck = waitingFor.indices.filter { waitingFor[$0] > 0 }.map { names.names[$0] }.min()
        throw CedarEntityError(
            message: "the entity \(stuck.map(\.description) ?? "") is, or descends from, its own ancestor")
    }

    private mutating func placeAncestors(of number: Int, _ parents: [Int32]) throws(CedarEntityError) {
        guard !parents.isEmpty else { return }
        var found = parents
        for parent in parents {
            let range = ranges[Int(parent)]
            found += above[Int(range.lowerBound)..<Int(range.upperBound)]
        }
        found.sort()
        guard above.count + found.count < Int(Int32.max) else {
            throw CedarEntityError(message: "these entities have too many ancestors")
        }
        let start = Int32(above.count)
        var last: Int32 = -1
        for ancestor in found where ancestor != last {
            above.append(ancestor)
            last = ancestor
        }
        ranges[number] = start..<Int32(above.count)
    }
}
