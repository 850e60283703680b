/// What the parser's own messages leave open: how a value is written.
enum UsageHint {
    /// By the value's name in the help.
    private static let forms: [(value: String, form: String)] = [
        ("span", "A length of time is written 90s, 30m, 2h or 90d."),
        ("tool", "A tool is written SERVER/NAME, such as shell/psql; `countersign tool list` lists them."),
        ("target", "A target is written NAME=TYPE:ID@ENVIRONMENT, such as prod=Database:prod/orders@prod."),
        ("scope", "Write everything, agent:NAME or tool:SERVER/NAME."),
        ("member", "Write person:NAME or agent:NAME."),
        ("fact", "A fact is written PROVIDER:OF=VALUE."),
        ("bound", "A bound is written NAME:at_most=VALUE, NAME:at_least=VALUE or NAME:equals=VALUE."),
        ("algorithm", "Write ES256 or Ed25519."),
        ("name", name), ("id", name), ("group", name), ("person", name),
    ]
    private static let name = "Names are 1 to 64 of a-z, 0-9 and -, beginning with a letter."

    static func hint(for message: String) -> String {
        let known = message.contains("is invalid for") ? forms.first { message.contains("<\($0.value)>'") } : nil
        return known?.form ?? "Add --help to see what the verb takes."
    }
}
