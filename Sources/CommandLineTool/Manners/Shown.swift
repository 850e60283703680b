import ActionRendering
import CanonicalEncoding

/// Text from outside as a terminal may show it: every control, invisible and bidirectional character as a visible escape.
enum Shown {
    static func text(_ text: Text) -> String { DisplayText.escaped(text).0.string }

    static func text(_ string: String) -> String { text(Text(string)) }
}
