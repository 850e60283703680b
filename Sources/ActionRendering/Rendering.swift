package import CanonicalEncoding

/// What approvers see, and what their passkeys sign along with the action: made once, the same on every channel.
package struct Rendering: Sendable, Hashable {
    /// The action, consequences first; each of its leaves is exactly one row with a path.
    package var rows: [RenderingRow]
    /// What only the server knows.
    package var facts: [RenderingRow]
    /// What differs from the superseded request; empty where there is none, or nothing differs.
    package var changes: [RenderedChange]
    package var untrusted: [UntrustedText]
    package var marks: [RiskMark]
    /// False where a row is uninspectable: nobody can approve what cannot be read (invariant S6).
    package var isApprovable: Bool

    package static let digestDomain: StaticString = "countersign.rendering.v1"

    package var digest: Digest { document.digest(domain: Self.digestDomain) }

    /// The action's JSON, read back from the rows alone; nil where a row is not as the renderer writes it.
    ///
    /// This is the check of invariant S6: whoever shows a rendering compares this with the action that is digested.
    package func action() -> JSONValue? {
        var rebuilding = ActionRebuilding()
        for row in rows {
            guard let path = row.path else { continue }
            guard rebuilding.add(row, at: path) else { return nil }
        }
        return rebuilding.json
    }
}
