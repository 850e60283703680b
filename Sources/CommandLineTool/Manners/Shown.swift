import ActionRendering
package import CanonicalEncoding

/// Text from outside as a terminal may show it: every control, invisible and bidirectional character as a visible escape.
package enum Shown {
    package static func text(_ text: Text) -> String { DisplayText.escaped(text).0.string }

    package static func text(_ string: String) -> String { text(Text(string)) }
}
