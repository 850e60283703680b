/// The entities and types that the scopes of a policy set name, numbered.
struct ScopeNames: Sendable {
    private(set) var entities = NameTable<EntityUID>()
    private(set) var types = NameTable<EntityTypeName>()

    mutating func number(_ uid: EntityUID) -> Int32 { entities.insert(uid) }

    mutating func number(_ type: EntityTypeName) -> Int32 {
        types.insert(type, hash: EntityUID(type: type, id: "").typeHash)
    }

    /// What a constraint demands, in numbers.
    mutating func test(_ constraint: ScopeConstraint) -> ScopeTest {
        switch constraint {
        case .any: .any
        case .equal(.entity(let uid)): .equal(number(uid))
        case .within(.entity(let uid)): .within(number(uid))
        case .withinAny(let uids): .withinAny(uids.map { number($0) })
        case .isType(let type): .isType(number(type))
        case .isTypeWithin(let type, .entity(let uid)): .isTypeWithin(number(type), number(uid))
        // Only policies without slots are compiled.
        case .equal(.slot), .within(.slot), .isTypeWithin(_, .slot): .never
        }
    }
}

/// A constraint whose names are numbers.
enum ScopeTest: Sendable {
    case any, never
    case equal(Int32)
    case within(Int32)
    case withinAny([Int32])
    case isType(Int32)
    case isTypeWithin(Int32, Int32)

    func holds(_ part: RequestPart) -> Bool {
        switch self {
        case .any: true
        case .never: false
        case .equal(let uid): part.own == uid
        case .within(let uid): part.isWithin(uid)
        case .withinAny(let uids): uids.contains { part.isWithin($0) }
        case .isType(let type): part.type == type
        case .isTypeWithin(let type, let uid): part.type == type && part.isWithin(uid)
        }
    }
}

/// A request's principal, action or resource, as far as scopes name it: looked up once, then only numbers are compared.
struct RequestPart {
    /// The number of the entity itself; -1 when no scope names it.
    let own: Int32
    /// The number of its type; -1 when no scope names it.
    let type: Int32
    /// The numbers of those of its ancestors that scopes name.
    private(set) var above = NumberList()

    init(_ uid: EntityUID, _ entities: CedarEntities, _ names: ScopeNames) {
        own = names.entities.number(of: uid) ?? -1
        type = names.types.count == 0 ? -1 : names.types.number(of: uid.type, hash: uid.typeHash) ?? -1
        guard names.entities.count > 0 else { return }
        // Whichever is less is gone through.
        if entities.ancestorCount(of: uid) <= 4 * names.entities.count {
            entities.visitAncestors(of: uid) { ancestor in
                if let number = names.entities.number(of: ancestor) { above.append(number) }
            }
        } else {
            for (number, name) in names.entities.names.enumerated() where Int32(number) != own {
                if entities.isDescendant(uid, of: name) { above.append(Int32(number)) }
            }
        }
    }

    func isWithin(_ number: Int32) -> Bool { own == number || above.contains(number) }
}

/// The three parts of a request.
struct RequestParts {
    let principal: RequestPart
    let action: RequestPart
    let resource: RequestPart
}
