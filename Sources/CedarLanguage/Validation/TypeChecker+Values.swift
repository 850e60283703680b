/// Attributes, tags, sets, records and functions.
extension TypeChecker {
    private enum Attribute {
        /// Nothing of this type has it.
        case absent
        /// Something of this type may have it, of a type that is not known.
        case possible
        case declared(AttributeType)
    }

    /// The attributes of a record or entity; nil for other types, which is reported.
    private mutating func attribute(_ name: CedarString, of typing: Typing, _ node: NodeIndex) -> Attribute? {
        guard let type = typing.type else { return nil }
        switch types[type] {
        case .record(let attributes, let isOpen): return Self.attribute(name, attributes, isOpen: isOpen)
        case .entity(let indices): return attribute(name, of: indices)
        default:
            report(.wrongType, node, "a record or an entity was expected, but this is \(describe(type))")
            return nil
        }
    }

    private static func attribute(_ name: CedarString, _ attributes: [AttributeType], isOpen: Bool) -> Attribute {
        attributes.named(name).map { .declared($0) } ?? (isOpen ? .possible : .absent)
    }

    /// What all of several entity types have in common.
    private mutating func attribute(_ name: CedarString, of indices: [EntityTypeIndex]) -> Attribute {
        var common: AttributeType?
        var (isSomewhere, isEverywhere) = (false, true)
        for index in indices {
            guard case .record(let attributes, _) = types[schema.definition(index).shape],
                let found = attributes.named(name)
            else {
                isEverywhere = false
                continue
            }
            isSomewhere = true
            guard let known = common else {
                common = found
                continue
            }
            guard let joined = types.join(known.type, found.type, isStrict: isStrict) else { return .possible }
            common = AttributeType(name: name, type: joined, isRequired: known.isRequired && found.isRequired)
        }
        guard isSomewhere else { return .absent }
        return isEverywhere ? common.map { .declared($0) } ?? .absent : .possible
    }

    private func isRecord(_ type: TypeID) -> Bool {
        if case .record = types[type] { true } else { false }
    }

    /// `has a.b` is `has a && .a has b`.
    mutating func has(_ frame: Frame, _ operand: NodeIndex, _ names: [Int32]) -> Typing {
        var base = frame.outcomes[0]
        var number = self.number(of: operand)
        var all = Typing(type: TypeTable.alwaysTrue)
        for (position, name) in names.enumerated() {
            let capability = attributeCapability(name, of: number)
            guard let type = base.type, let found = attribute(tree.names[Int(name)], of: base, operand)
            else { return failed }
            switch found {
            case .absent: return Typing(type: TypeTable.alwaysFalse)
            case .possible: all.type = TypeTable.bool
            case .declared(let attribute):
                let isKnown = attribute.isRequired && isRecord(type) || isKnown(capability, frame, all)
                if !isKnown { all.type = TypeTable.bool }
                base = Typing(type: attribute.type)
            }
            all.gains = Self.union(all.gains, [capability])
            if case .possible = found, position < names.count - 1 {
                report(.unknownAttribute, operand, "what is in `\(tree.names[Int(name)])` is not known here")
                return failed
            }
            number = self.number(of: name, in: number)
        }
        return all
    }

    private func isKnown(_ capability: Int32, _ frame: Frame, _ typing: Typing) -> Bool {
        frame.prior.contains(capability) || typing.gains.contains(capability)
    }

    mutating func attribute(_ frame: Frame, _ operand: NodeIndex, _ name: Int32) -> Typing {
        let base = frame.outcomes[0]
        let text = tree.names[Int(name)]
        guard let type = base.type, let found = attribute(text, of: base, operand) else { return failed }
        guard case .declared(let attribute) = found else {
            report(
                .unknownAttribute, frame.node, "\(place(operand, type)) has no attribute `\(text)`",
                hint: suggestion(for: text, in: type))
            return failed
        }
        let capability = attributeCapability(name, of: number(of: operand))
        if !attribute.isRequired, !frame.prior.contains(capability) {
            report(
                .unsafeAttribute, frame.node, "\(place(operand, type)) need not have the optional attribute `\(text)`",
                hint: "test it with `has` first, joined by &&")
        }
        return Typing(type: attribute.type)
    }

    private func place(_ node: NodeIndex, _ type: TypeID) -> String {
        if tree.isContext(node), let environment { return "the context of \(environment.action.uid)" }
        return isRecord(type) ? "this record" : describe(type)
    }

    private func suggestion(for name: CedarString, in type: TypeID) -> String? {
        var attributes: [AttributeType] = []
        switch types[type] {
        case .record(let known, _): attributes = known
        case .entity(let indices):
            for index in indices {
                if case .record(let known, _) = types[schema.definition(index).shape] { attributes += known }
            }
        default: break
        }
        return Spelling.nearest(to: name, among: attributes.map(\.name)).map { "do you mean `\($0)`?" }
    }

    // MARK: Tags

    /// The tags' type of an entity: nil when it cannot have any.
    private mutating func tags(_ indices: [EntityTypeIndex]) -> TypeID? {
        var joined: TypeID?
        for index in indices {
            guard let tags = schema.definition(index).tags else { continue }
            joined = joined.map { types.join($0, tags, isStrict: isStrict) ?? TypeTable.never } ?? tags
        }
        return joined
    }

    mutating func hasTag(_ frame: Frame, _ operands: (left: NodeIndex, right: NodeIndex)) -> Typing {
        let indices = entities(frame.outcomes[0], operands.left)
        guard isExpected(TypeTable.string, frame.outcomes[1], operands.right), let indices else { return failed }
        guard tags(indices) != nil else { return Typing(type: TypeTable.alwaysFalse) }
        let capability = tagCapability(operands.right, of: operands.left)
        let isKnown = frame.prior.contains(capability)
        return Typing(type: isKnown ? TypeTable.alwaysTrue : TypeTable.bool, gains: [capability])
    }

    mutating func getTag(_ frame: Frame, _ operands: (left: NodeIndex, right: NodeIndex)) -> Typing {
        let indices = entities(frame.outcomes[0], operands.left)
        guard isExpected(TypeTable.string, frame.outcomes[1], operands.right), let indices else { return failed }
        let capability = tagCapability(operands.right, of: operands.left)
        let type = tags(indices)
        guard frame.prior.contains(capability) else {
            let name = frame.outcomes[0].type.map { describe($0) } ?? ""
            report(
                .unsafeTag, frame.node, type == nil ? "\(name) has no tags" : "\(name) need not have this tag",
                hint: type == nil ? nil : "test it with `hasTag` first, joined by &&")
            return Typing(type: type)
        }
        guard let type, type != TypeTable.never else {
            report(.unsafeTag, frame.node, "these entities have no tags in common")
            return failed
        }
        return Typing(type: type)
    }

    // MARK: Sets and records

    mutating func setLiteral(_ frame: Frame) -> Typing {
        guard !frame.operands.isEmpty else {
            guard isStrict else { return Typing(type: types.set(of: TypeTable.never)) }
            report(
                .emptySet, frame.node, "the empty set says nothing about its elements",
                hint: "to test for emptiness, write .isEmpty()")
            return failed
        }
        var joined = TypeTable.never
        for (typing, operand) in zip(frame.outcomes, frame.operands) {
            guard let type = typing.type else { return failed }
            guard let next = types.join(joined, type, isStrict: isStrict) else {
                report(
                    .incompatibleTypes, operand,
                    "the elements of this set have the types \(describe(joined)) and \(describe(type))",
                    hint: "all elements have one type")
                return failed
            }
            joined = next
        }
        return Typing(type: types.set(of: joined))
    }

    mutating func recordLiteral(_ frame: Frame, _ names: [Int32]) -> Typing {
        var attributes: [AttributeType] = []
        for (typing, name) in zip(frame.outcomes, names) {
            guard let type = typing.type else { return failed }
            attributes.append(AttributeType(name: tree.names[Int(name)], type: type, isRequired: true))
        }
        attributes.sort { $0.name < $1.name }
        return Typing(type: types.number(of: .record(attributes, isOpen: false)))
    }

    // MARK: Functions

    mutating func call(_ function: ExtensionFunction, _ frame: Frame) -> Typing {
        let (parameters, result) = function.signature
        guard frame.operands.count == parameters.count else {
            report(
                .wrongArgumentCount, frame.node,
                "`\(function.rawValue)` takes \(parameters.count) values, not \(frame.operands.count)")
            return failed
        }
        var isFine = true
        for (index, parameter) in parameters.enumerated()
        where !isExpected(parameter, frame.outcomes[index], frame.operands[index]) {
            isFine = false
        }
        if function.isConstructor, !isReadable(function, frame) { isFine = false }
        return isFine ? Typing(type: result) : failed
    }

    /// Whether the text of a constructor is a literal that it can read. Otherwise it is reported.
    private mutating func isReadable(_ function: ExtensionFunction, _ frame: Frame) -> Bool {
        guard case .literal(let literal) = tree.nodes[Int(frame.operands[0])] else {
            guard isStrict else { return true }
            report(
                .constructorNeedsLiteral, frame.node, "`\(function.rawValue)` takes a literal here",
                hint: "values that come with a request have the type in the schema")
            return false
        }
        let value = tree.literals[Int(literal)]
        guard case .string(let text) = value else { return true }
        guard (try? function.apply(to: [value])) != nil else {
            report(
                .unreadableLiteral, frame.operands[0],
                "`\(function.rawValue)` cannot read \(StringEscapes.quoted(text.string))")
            return false
        }
        return true
    }
}

extension ExtensionFunction {
    /// The types of the values it takes, the receiver of a method first, and of its result.
    var signature: (parameters: [TypeID], result: TypeID) {
        let bool = TypeTable.bool
        let (decimal, address) = (TypeTable.decimal, TypeTable.ipaddr)
        let (time, duration) = (TypeTable.datetime, TypeTable.duration)
        return switch self {
        case .decimal: ([TypeTable.string], decimal)
        case .ip: ([TypeTable.string], address)
        case .datetime: ([TypeTable.string], time)
        case .duration: ([TypeTable.string], duration)
        case .lessThan, .lessThanOrEqual, .greaterThan, .greaterThanOrEqual: ([decimal, decimal], bool)
        case .isIpv4, .isIpv6, .isLoopback, .isMulticast: ([address], bool)
        case .isInRange: ([address, address], bool)
        case .offset: ([time, duration], time)
        case .durationSince: ([time, time], duration)
        case .toDate: ([time], time)
        case .toTime: ([time], duration)
        case .toMilliseconds, .toSeconds, .toMinutes, .toHours, .toDays: ([duration], TypeTable.long)
        }
    }
}
