package import CanonicalEncoding

/// One line of a rendering.
package struct RenderingRow: Hashable, Sendable {
    /// Where a row belongs; sections come in this order.
    package enum Section: String, Sendable, CaseIterable, Hashable {
        /// What it is and what it may do: tool, traits, environment, resource.
        case consequences
        case arguments
        case preconditions
        case expectations
        case limits
        /// What only the server knows.
        case facts
    }

    /// How a value reads back as JSON.
    package enum Kind: String, Sendable, CaseIterable, Hashable {
        case text
        case integer
        case number
        case boolean
        case null
        case emptyObject = "empty_object"
        case emptyList = "empty_list"
        /// A part that is shown as one JSON text.
        case json
        /// A value that the caller keeps secret: its salted digest.
        case secret
    }

    package enum Emphasis: String, Sendable, CaseIterable, Hashable {
        case plain
        case caution
        case danger
    }

    package var section: Section
    /// The server's words; never anything from outside.
    package var label: Text
    /// Where in the action the value stands, such as `arguments.argv[2]`; nil where the row is not a part of the action.
    package var path: Text?
    package var kind: Kind
    /// Display-safe: `DisplayText.escaped`.
    package var value: Text
    package var warnings: [Warning]
    package var emphasis: Emphasis

    package init(
        section: Section, label: Text, at path: Text? = nil, shown: ShownValue, emphasis: Emphasis = .plain
    ) {
        self.section = section
        self.label = label
        self.path = path
        kind = shown.kind
        value = shown.value
        warnings = shown.warnings
        self.emphasis = emphasis
    }

    /// The value's lines: together they are the value.
    package var lines: [Text] { DisplayText.lines(of: value) }
}

/// A value in its display-safe form.
package struct ShownValue: Hashable, Sendable {
    package var kind: RenderingRow.Kind
    package var value: Text
    package var warnings: [Warning]

    init(kind: RenderingRow.Kind, value: Text, warnings: [Warning] = []) {
        self.kind = kind
        self.value = value
        self.warnings = warnings
    }

    /// A text from anywhere, made safe.
    init(_ text: Text) {
        let (value, warnings) = DisplayText.escaped(text)
        self.init(kind: .text, value: value, warnings: warnings)
    }
}

/// What differs from the action of the superseded request, at one path.
package struct RenderedChange: Hashable, Sendable {
    package var path: Text
    /// Nil where it is new.
    package var before: ShownValue?
    /// Nil where it is gone.
    package var after: ShownValue?
}

/// The agent's own words: inert, unverified, and shown as such.
package struct UntrustedText: Hashable, Sendable {
    /// The server's words.
    package var label: Text
    /// Where in the proposed rollback; nil for plain text.
    package var path: Text?
    package var value: Text
    package var warnings: [Warning]

    package var lines: [Text] { DisplayText.lines(of: value) }

    init(label: Text, at path: Text? = nil, shown: ShownValue) {
        self.label = label
        self.path = path
        value = shown.value
        warnings = shown.warnings
    }
}

/// What a glance at the whole has to tell.
package enum RiskMark: String, Sendable, CaseIterable, Hashable {
    case destructive
    case leavesTheOrganisation = "open_world"
    case uninspectable
    /// Some value of the action carries a warning about its characters.
    case suspiciousText = "suspicious_text"
    case readOnly = "read_only"
}
