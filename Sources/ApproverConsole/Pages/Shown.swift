import ActionRendering
import CanonicalEncoding

/// Text from people or machines in its display-safe form: nothing invisible, nothing that turns direction.
func shown(_ text: Text) -> String { DisplayText.escaped(text).0.string }
