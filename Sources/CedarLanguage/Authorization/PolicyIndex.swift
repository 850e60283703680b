/// Finds the policies whose static scope can apply, so that the others cost nothing.
///
/// A policy stands under what its scope says of the action, then of the principal, then of the resource: an entity, a type or
/// nothing. Whoever asks looks only where the request's own names, types and ancestors are. What is found too much (an
/// entity that has to be equal and is only above) the policy's own scope sorts out.
struct PolicyIndex: Sendable {
    /// What a scope says of principal or resource.
    private enum Key: Hashable {
        case nothing
        case entity(Int32)
        case type(Int32)

        init(_ test: ScopeTest) {
            switch test {
            case .equal(let uid), .within(let uid), .isTypeWithin(_, let uid): self = .entity(uid)
            case .isType(let type): self = .type(type)
            case .any, .never, .withinAny: self = .nothing
            }
        }

        func holds(_ part: RequestPart) -> Bool {
            switch self {
            case .nothing: true
            case .entity(let uid): part.isWithin(uid)
            case .type(let type): part.type == type
            }
        }
    }

    /// Things under the keys of one part.
    private struct Drawer<Content: Sendable>: Sendable {
        private var places: [Key: Int] = [:]
        private var keys: [Key] = []
        private var contents: [Content] = []

        mutating func update(_ key: Key, empty: Content, _ change: (inout Content) -> Void) {
            let place = places[key] ?? contents.count
            if place == contents.count {
                places[key] = place
                keys.append(key)
                contents.append(empty)
            }
            change(&contents[place])
        }

        /// Everything under a key that the part of a request has.
        func visit(_ part: RequestPart, _ body: (borrowing Content) -> Void) {
            // Few keys are all compared: that is cheaper than one look-up.
            guard keys.count > 4 else {
                for index in keys.indices where keys[index].holds(part) { body(contents[index]) }
                return
            }
            if let place = places[.nothing] { body(contents[place]) }
            if part.type >= 0, let place = places[.type(part.type)] { body(contents[place]) }
            if part.own >= 0, let place = places[.entity(part.own)] { body(contents[place]) }
            for index in 0..<part.above.count {
                if let place = places[.entity(part.above[index])] { body(contents[place]) }
            }
        }
    }

    private typealias Shelf = Drawer<Drawer<[Int32]>>

    private(set) var names = ScopeNames()
    private var anyAction = Shelf()
    private var shelves: [Shelf] = []
    /// Of each named entity the shelf of the policies about this action, -1 where there are none.
    private var shelfOfAction: [Int32] = []

    /// Puts a policy under its keys and gives its scope in numbers.
    mutating func insert(_ policy: CedarPolicy, _ position: Int) -> ScopeTests {
        let tests = ScopeTests(
            principal: names.test(policy.principal), action: names.test(policy.action),
            resource: names.test(policy.resource))
        let keys = (Key(tests.principal), Key(tests.resource))
        func put(on shelf: inout Shelf) {
            shelf.update(keys.0, empty: Drawer()) { inner in
                inner.update(keys.1, empty: []) { $0.append(Int32(position)) }
            }
        }
        switch tests.action {
        case .equal(let uid), .within(let uid): put(on: &shelves[shelf(of: uid)])
        case .withinAny(let uids): for uid in Set(uids) { put(on: &shelves[shelf(of: uid)]) }
        default: put(on: &anyAction)
        }
        return tests
    }

    private mutating func shelf(of action: Int32) -> Int {
        while shelfOfAction.count <= Int(action) { shelfOfAction.append(-1) }
        if shelfOfAction[Int(action)] < 0 {
            shelfOfAction[Int(action)] = Int32(shelves.count)
            shelves.append(Shelf())
        }
        return Int(shelfOfAction[Int(action)])
    }

    func parts(of request: CedarRequest, _ entities: CedarEntities) -> RequestParts {
        RequestParts(
            principal: RequestPart(request.principal, entities, names),
            action: RequestPart(request.action, entities, names),
            resource: RequestPart(request.resource, entities, names))
    }

    /// Positions of the policies that can apply, in no order; one that lists several actions may come more than once.
    func visit(_ parts: RequestParts, _ body: (Int) -> Void) {
        visit(anyAction, parts, body)
        visit(action: parts.action.own, parts, body)
        for index in 0..<parts.action.above.count { visit(action: parts.action.above[index], parts, body) }
    }

    private func visit(action: Int32, _ parts: RequestParts, _ body: (Int) -> Void) {
        guard shelfOfAction.indices.contains(Int(action)), shelfOfAction[Int(action)] >= 0 else { return }
        visit(shelves[Int(shelfOfAction[Int(action)])], parts, body)
    }

    private func visit(_ shelf: borrowing Shelf, _ parts: RequestParts, _ body: (Int) -> Void) {
        shelf.visit(parts.principal) { inner in
            inner.visit(parts.resource) { positions in
                for index in positions.indices { body(Int(positions[index])) }
            }
        }
    }
}

/// A policy's scope in numbers.
struct ScopeTests: Sendable {
    let principal: ScopeTest
    let action: ScopeTest
    let resource: ScopeTest

    func hold(_ parts: RequestParts) -> Bool {
        principal.holds(parts.principal) && action.holds(parts.action) && resource.holds(parts.resource)
    }
}
