/// The members of a JSON object in the order in which they stood; names are unique by bytes.
///
/// Equality ignores the order of members.
package struct JSONObject: Sendable {
    package struct Member: Hashable, Sendable {
        package var name: Text
        package var value: JSONValue

        package init(name: Text, value: JSONValue) {
            self.name = name
            self.value = value
        }
    }

    package private(set) var members: [Member]

    /// Where each name stands, kept as soon as comparing names one by one costs more: a document with 100,000 members stays
    /// linear to read and to look up.
    private var positions: [Text: Int]?

    private static let indexedAbove = 16

    package init() {
        members = []
    }

    /// Nil when a name occurs twice.
    package init?(members: [Member]) {
        self.init()
        self.members.reserveCapacity(members.count)
        for member in members {
            guard position(of: member.name) == nil else { return nil }
            appendNew(member)
        }
    }

    package subscript(name: Text) -> JSONValue? {
        get { position(of: name).map { members[$0].value } }
        set {
            switch (position(of: name), newValue) {
            case (let position?, let value?):
                members[position].value = value
            case (let position?, nil):
                members.remove(at: position)
                positions = nil
                indexWhenLarge()
            case (nil, let value?):
                appendNew(Member(name: name, value: value))
            case (nil, nil):
                break
            }
        }
    }

    package var isEmpty: Bool { members.isEmpty }
    package var count: Int { members.count }

    /// Where the member of that name stands in `members`.
    package func position(of name: Text) -> Int? {
        if let positions { return positions[name] }
        return members.firstIndex { $0.name == name }
    }

    /// The caller has seen that the name is not taken.
    mutating func appendNew(_ member: Member) {
        if members.isEmpty { members.reserveCapacity(8) }
        members.append(member)
        if positions != nil {
            positions?[member.name] = members.count - 1
        } else {
            indexWhenLarge()
        }
    }

    private mutating func indexWhenLarge() {
        guard positions == nil, members.count > Self.indexedAbove else { return }
        var positions: [Text: Int] = [:]
        positions.reserveCapacity(members.count * 2)
        for (position, member) in members.enumerated() { positions[member.name] = position }
        self.positions = positions
    }
}

extension JSONObject: Hashable {
    package static func == (left: JSONObject, right: JSONObject) -> Bool {
        guard left.count == right.count else { return false }
        // Names first and values once: comparing whole members in order and then again sorted would double the work at
        // every level of nesting.
        if zip(left.members, right.members).allSatisfy({ $0.name == $1.name }) {
            return zip(left.members, right.members).allSatisfy { $0.value == $1.value }
        }
        return left.members.allSatisfy { member in
            guard let other = right[member.name] else { return false }
            return other == member.value
        }
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(members.count)
        for member in members.sorted(by: { $0.name < $1.name }) { hasher.combine(member) }
    }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    /// A literal in our own source, where no name stands twice.
    package init(dictionaryLiteral elements: (Text, JSONValue)...) {
        self.init(literal: elements)
    }

    init(literal elements: [(Text, JSONValue)]) {
        self.init()
        members.reserveCapacity(elements.count + 4)
        for (name, value) in elements {
            assert(position(of: name) == nil, "\(name) stands twice in a literal")
            appendNew(Member(name: name, value: value))
        }
    }
}
