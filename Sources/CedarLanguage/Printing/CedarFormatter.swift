/// Lays policy text out anew: the tokens and comments stay as they are, white space and line ends change.
///
/// Formatting what was formatted changes nothing. A comment at the end of a line stays behind its token, one on a line of its
/// own stays before the next token.
public enum CedarFormatter {
    /// Lines are broken where they would be longer than this many Unicode scalars, as far as tokens allow.
    public static let width = 100

    /// The text, laid out; refuses text that does not parse.
    public static func format(_ source: String) throws(CedarSyntaxError) -> String {
        do {
            var parser = try PolicyParser(source)
            _ = try parser.policies()
        } catch {
            throw error.located(in: source)
        }
        return laidOut(source)
    }

    /// For text that is known to parse; other text comes back as it is.
    static func laidOut(_ source: String) -> String {
        var lexer = Lexer(source)
        guard let tokens = try? lexer.tokens() else { return source }
        var layout = PolicyLayout(PrintedTokens(Array(source.utf8), tokens, lexer.comments))
        return layout.run()
    }
}
