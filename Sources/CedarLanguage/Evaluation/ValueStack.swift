/// The operands of an expression that is being evaluated. The first few need no memory of their own.
struct ValueStack {
    private var first = InlineArray<8, CedarValue>(repeating: .bool(false))
    private var more: [CedarValue] = []
    private(set) var count = 0

    mutating func push(_ value: CedarValue) {
        if count < 8 { first[count] = value } else { more.append(value) }
        count += 1
    }

    /// Compiled code never takes more than it put there; false is what an impossible program would find.
    mutating func pop() -> CedarValue {
        guard count > 0 else { return .bool(false) }
        count -= 1
        guard count < 8 else { return more.popLast() ?? .bool(false) }
        var value = CedarValue.bool(false)
        swap(&value, &first[count])
        return value
    }

    /// After an error operands may be left over.
    mutating func removeAll() {
        while count > 0 { _ = pop() }
    }
}
