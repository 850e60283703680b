import CanonicalEncoding

/// The scope: `{"op": …}` with what the operator takes.
extension PolicyFormReader {
    func constraint(_ node: Int, slot: CedarSlot) throws(Failure) -> ScopeConstraint {
        let operation = try required("op", node)
        switch try text(operation).string {
        case "All", "all":
            try members(of: node, required: ["op"])
            return .any
        case "==":
            try members(of: node, required: ["op"], optional: ["entity", "slot"])
            return .equal(try reference(node, slot: slot))
        case "in":
            try members(of: node, required: ["op"], optional: ["entity", "slot"])
            return .within(try reference(node, slot: slot))
        case "is":
            try members(of: node, required: ["op", "entity_type"], optional: ["in"])
            let type = try typeName(try required("entity_type", node))
            guard let container = json.member("in", of: node) else { return .isType(type) }
            try members(of: container, required: [], optional: ["entity", "slot"])
            return .isTypeWithin(type, try reference(container, slot: slot))
        default: throw Failure(node: operation, message: "a scope's operator is `All`, `==`, `in` or `is`")
        }
    }

    func actionConstraint(_ node: Int) throws(Failure) -> ScopeConstraint {
        let operation = try required("op", node)
        switch try text(operation).string {
        case "All", "all":
            try members(of: node, required: ["op"])
            return .any
        case "==":
            try members(of: node, required: ["op", "entity"])
            return .equal(.entity(try action(try required("entity", node))))
        case "in":
            guard let list = json.member("entities", of: node) else {
                try members(of: node, required: ["op", "entity"])
                return .within(.entity(try action(try required("entity", node))))
            }
            try members(of: node, required: ["op", "entities"])
            var actions: [EntityUID] = []
            for element in try array(list) { actions.append(try action(element)) }
            return .withinAny(actions)
        default: throw Failure(node: operation, message: "an action's operator is `All`, `==` or `in`")
        }
    }

    private func action(_ node: Int) throws(Failure) -> EntityUID {
        let uid = try entity(node)
        guard uid.type.basename == "Action" else {
            throw Failure(node: node, message: "an action was expected, but \(uid) stands there")
        }
        return uid
    }

    /// An entity or the slot of this part of the scope.
    private func reference(_ node: Int, slot: CedarSlot) throws(Failure) -> EntityReference {
        switch (json.member("entity", of: node), json.member("slot", of: node)) {
        case (let entity?, nil): return .entity(try self.entity(entity))
        case (nil, let name?):
            guard Self.slot(try text(name)) == slot else {
                throw Failure(node: name, message: "only the slot `?\(slot.rawValue)` can stand here")
            }
            return .slot(slot)
        default: throw Failure(node: node, message: "either `entity` or `slot` is needed")
        }
    }

    /// `{"type", "id"}`, also inside of `__entity`.
    func entity(_ node: Int) throws(Failure) -> EntityUID {
        if let inner = json.member("__entity", of: node) {
            try members(of: node, required: ["__entity"])
            return try entity(named: inner)
        }
        return try entity(named: node)
    }

    private func entity(named node: Int) throws(Failure) -> EntityUID {
        try members(of: node, required: ["type", "id"])
        let type = try typeName(try required("type", node))
        return EntityUID(type: type, id: CedarString(try text(try required("id", node))))
    }

    func typeName(_ node: Int) throws(Failure) -> EntityTypeName {
        guard let type = EntityTypeName(try text(node).string) else {
            throw Failure(node: node, message: "this is no entity type")
        }
        return type
    }
}
