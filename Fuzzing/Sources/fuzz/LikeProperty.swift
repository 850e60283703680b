import CedarLanguage

/// Patterns, compared with the obvious matcher.
extension Properties {
    /// One element of a pattern.
    private enum Element {
        case wildcard
        case scalar(Unicode.Scalar)

        /// As it stands in policy text.
        var text: String {
            switch self {
            case .wildcard: "*"
            case .scalar("*"): "\\*"
            case .scalar("\\"): "\\\\"
            case .scalar("\""): "\\\""
            case .scalar("\r"): "\\r"
            case .scalar(let scalar): String(scalar)
            }
        }
    }

    /// The pattern up to the first line feed, in which `\*` is a star, then the text.
    static func likePattern(_ input: String) {
        let parts = input.unicodeScalars.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else { return }
        let (pattern, text) = (elements(parts[0]), Array(parts[1]))
        guard pattern.count < 200, text.count < 2000 else { return }
        let condition = "context.a like \"\(pattern.map(\.text).joined())\""
        let policies = parsed("permit(principal, action, resource) when { \(condition) };", "a pattern parses")
        let value = CedarString(String(String.UnicodeScalarView(text)))
        let found = policies.answer(request(["a": .string(value)]), CedarEntities())
        demand((found.decision == .allow) == matches(pattern, text), "a pattern matches what it says")
        let printed = parsed(policies.text, "a printed pattern parses")
        demand(same(printed.json, policies.json), "a printed pattern means the same")
    }

    private static func elements(_ text: Substring.UnicodeScalarView) -> [Element] {
        var (elements, rest): ([Element], Substring.UnicodeScalarView) = ([], text)
        while let scalar = rest.popFirst() {
            if scalar == "\\", rest.first == "*" {
                rest.removeFirst()
                elements.append(.scalar("*"))
            } else {
                elements.append(scalar == "*" ? .wildcard : .scalar(scalar))
            }
        }
        return elements
    }

    /// Which beginnings of the text match, one element of the pattern after the other.
    private static func matches(_ pattern: [Element], _ text: [Unicode.Scalar]) -> Bool {
        var reached = Array(repeating: false, count: text.count + 1)
        reached[0] = true
        for element in pattern {
            var next = Array(repeating: false, count: text.count + 1)
            for index in 0...text.count {
                switch element {
                case .wildcard: next[index] = reached[index] || (index > 0 && next[index - 1])
                case .scalar(let scalar): next[index] = index > 0 && reached[index - 1] && text[index - 1] == scalar
                }
            }
            reached = next
        }
        return reached[text.count]
    }
}
