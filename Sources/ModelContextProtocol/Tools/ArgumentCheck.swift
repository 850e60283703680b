import CanonicalEncoding

/// One walk over arguments beside a compiled schema. It takes a bounded number of steps: a schema of somebody else's may multiply
/// choices without end, and then the arguments are refused.
struct ArgumentCheck {
    typealias Mistake = ArgumentSchema.Mistake

    let nodes: [SchemaNode]
    private var stepsLeft = 200_000
    private var isExhausted = false

    private static let greatestDepth = 256

    init(nodes: [SchemaNode]) {
        self.nodes = nodes
    }

    mutating func mistake(in arguments: JSONValue) -> Mistake? {
        let mistake = mistake(in: Place(value: arguments, path: "", depth: 0), 0)
        // A branch that was given up must not make another one hold.
        return isExhausted ? Mistake(path: "", text: "checking them against the tool's schema takes too long") : mistake
    }

    /// A value with where it stands.
    private struct Place {
        let value: JSONValue
        let path: Text
        let depth: Int

        func deeper(_ value: JSONValue, _ path: Text) -> Place { Place(value: value, path: path, depth: depth + 1) }
        func same() -> Place { Place(value: value, path: path, depth: depth + 1) }
        func mistake(_ text: Text) -> Mistake { Mistake(path: path, text: text) }
        func path(of name: Text) -> Text { path.isEmpty ? name : "\(path).\(name)" }
    }

    /// Which members of one object some schema that holds for it has named.
    private struct Known {
        var names: Set<Text> = []
        var isOpen = false
        var isAnythingSaid = false

        mutating func add(_ other: Known) {
            names.formUnion(other.names)
            isOpen = isOpen || other.isOpen
            isAnythingSaid = isAnythingSaid || other.isAnythingSaid
        }
    }

    /// The schema and, for an object, that every member is known to it.
    private mutating func mistake(in place: Place, _ node: Int) -> Mistake? {
        var known = Known()
        if let mistake = mistake(in: place, node, &known) { return mistake }
        guard let object = place.value.objectValue, !known.isOpen else { return nil }
        guard known.isAnythingSaid || place.depth == 0 else { return nil }
        guard let unknown = object.members.first(where: { !known.names.contains($0.name) }) else { return nil }
        return Mistake(path: place.path(of: unknown.name), text: "the tool's schema does not know this")
    }

    private mutating func mistake(in place: Place, _ index: Int, _ known: inout Known) -> Mistake? {
        stepsLeft -= 1
        guard stepsLeft > 0, place.depth < Self.greatestDepth else {
            isExhausted = true
            return place.mistake("too deep or too costly")
        }
        let node = nodes[index]
        guard node.isPossible else { return place.mistake("nothing is taken here") }
        if let mistake = mistakeOfValue(place, node) { return mistake }
        if let rules = node.members, let object = place.value.objectValue,
            let mistake = mistake(in: place, object, rules, &known)
        {
            return mistake
        }
        if let rules = node.elements, let array = place.value.arrayValue,
            let mistake = mistake(in: place, array, rules)
        {
            return mistake
        }
        if let reference = node.reference, let mistake = mistake(in: place.same(), reference, &known) { return mistake }
        if let combination = node.combination { return mistake(in: place, combination, &known) }
        return nil
    }

    private func mistakeOfValue(_ place: Place, _ node: SchemaNode) -> Mistake? {
        if !node.types.isEmpty, !node.types.contains(where: { $0.takes(place.value) }) {
            let names = node.types.map(\.rawValue).sorted().joined(separator: " or ")
            return place.mistake("must be of type \(names)")
        }
        if let allowed = node.allowed, !allowed.contains(place.value) {
            return place.mistake("is none of the values allowed")
        }
        if let length = node.length, let text = place.value.textValue,
            !length.contains(text.string.unicodeScalars.count)
        {
            return place.mistake("is too short or too long")
        }
        if let numbers = node.numbers, !numbers.contains(place.value) { return place.mistake("is out of range") }
        return nil
    }

    private mutating func mistake(
        in place: Place, _ object: JSONObject, _ rules: MemberRules, _ known: inout Known
    ) -> Mistake? {
        if rules.namesMembers { known.isAnythingSaid = true }
        if rules.isOpen { known.isOpen = true }
        if let missing = rules.required.first(where: { object[$0] == nil }) {
            return Mistake(path: place.path(of: missing), text: "is missing")
        }
        if let count = rules.count, !count.contains(object.count) {
            return place.mistake("has too few or too many members")
        }
        for (name, needs) in rules.dependencies where object[name] != nil {
            if let missing = needs.first(where: { object[$0] == nil }) {
                return Mistake(path: place.path(of: missing), text: "is missing beside `\(name)`")
            }
        }
        for member in object.members {
            let path = place.path(of: member.name)
            if let names = rules.names, let mistake = mistake(in: place.deeper(.string(member.name), path), names) {
                return mistake
            }
            guard let schema = rules.properties[member.name] ?? rules.additional else { continue }
            known.names.insert(member.name)
            if !nodes[schema].isPossible { return Mistake(path: path, text: "the tool's schema does not know this") }
            if let mistake = mistake(in: place.deeper(member.value, path), schema) { return mistake }
        }
        return nil
    }

    private mutating func mistake(in place: Place, _ array: [JSONValue], _ rules: ElementRules) -> Mistake? {
        if let count = rules.count, !count.contains(array.count) {
            return place.mistake("has too few or too many elements")
        }
        if rules.areUnique, Set(array).count != array.count { return place.mistake("has an element twice") }
        for (index, element) in array.enumerated() {
            let schema = index < rules.prefix.count ? rules.prefix[index] : rules.rest
            guard let schema else { continue }
            if let mistake = mistake(in: place.deeper(element, "\(place.path)[\(index)]"), schema) { return mistake }
        }
        guard let (node, count) = rules.contained else { return nil }
        var matching = 0
        for element in array where mistake(in: place.deeper(element, place.path), node) == nil { matching += 1 }
        return count.contains(matching) ? nil : place.mistake("holds too few or too many elements of a kind")
    }

    private mutating func mistake(in place: Place, _ combination: Combination, _ known: inout Known) -> Mistake? {
        for node in combination.all {
            if let mistake = mistake(in: place.same(), node, &known) { return mistake }
        }
        if !combination.any.isEmpty, let mistake = mistake(in: place, oneOf: combination.any, isAlone: false, &known) {
            return mistake
        }
        if !combination.one.isEmpty, let mistake = mistake(in: place, oneOf: combination.one, isAlone: true, &known) {
            return mistake
        }
        if let not = combination.not {
            var ignored = Known()
            if mistake(in: place.same(), not, &ignored) == nil { return place.mistake("is what the schema excludes") }
        }
        guard let (test, then, otherwise) = combination.condition else { return nil }
        var tested = Known()
        let holds = mistake(in: place.same(), test, &tested) == nil
        if holds { known.add(tested) }
        guard let branch = holds ? then : otherwise else { return nil }
        return mistake(in: place.same(), branch, &known)
    }

    private mutating func mistake(
        in place: Place, oneOf nodes: [Int], isAlone: Bool, _ known: inout Known
    ) -> Mistake? {
        var holding = 0
        var first: Mistake?
        for node in nodes {
            var here = Known()
            if let mistake = mistake(in: place.same(), node, &here) {
                first = first ?? mistake
            } else {
                holding += 1
                known.add(here)
            }
        }
        if holding == 0 {
            return nodes.count == 1 ? first : place.mistake("is none of the kinds that the schema takes")
        }
        return isAlone && holding > 1 ? place.mistake("is more than one of the kinds that the schema takes") : nil
    }
}

extension NumberRange {
    /// True for what is no number.
    func contains(_ value: JSONValue) -> Bool {
        guard value.integerValue != nil || value.doubleValue != nil else { return true }
        if let least, Self.order(value, least) < 0 { return false }
        if let most, Self.order(value, most) > 0 { return false }
        if let above, Self.order(value, above) <= 0 { return false }
        if let below, Self.order(value, below) >= 0 { return false }
        guard let multipleOf else { return true }
        if let integer = value.integerValue { return integer.isMultiple(of: multipleOf) }
        return false
    }

    private static func order(_ left: JSONValue, _ right: JSONValue) -> Int {
        if let a = left.integerValue, let b = right.integerValue { return a < b ? -1 : a == b ? 0 : 1 }
        let a = left.doubleValue ?? Double(left.integerValue ?? 0)
        let b = right.doubleValue ?? Double(right.integerValue ?? 0)
        return a < b ? -1 : a == b ? 0 : 1
    }
}
