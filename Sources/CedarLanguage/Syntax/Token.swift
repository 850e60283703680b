/// A token of policy text: its kind and its bytes.
struct Token {
    enum Kind: Equatable {
        case identifier, string, integer, slot
        case at, leftParenthesis, rightParenthesis, leftBrace, rightBrace, leftBracket, rightBracket
        case comma, semicolon, colon, doubleColon, dot, question
        case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual
        case plus, minus, star, slash, percent, not, and, or, assign
        case end
    }

    let kind: Kind
    let start: Int
    let end: Int
}
