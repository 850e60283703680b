package import CanonicalEncoding

/// A tool server in the registry.
package struct UpstreamRegistration: Hashable, Sendable {
    package var server: UpstreamServer
    package var registeredAt: Timestamp
    /// `change:HANDLE`, or ``byConfiguration``.
    package var registeredBy: Text

    package static let byConfiguration: Text = "configuration"

    package init(server: UpstreamServer, registeredAt: Timestamp, registeredBy: Text) {
        self.server = server
        self.registeredAt = registeredAt
        self.registeredBy = registeredBy
    }

    package var isFromConfiguration: Bool { registeredBy == Self.byConfiguration }
}

/// What a tool server said of one of its tools at a time, and what became of that. Each change is one more of them: the newest
/// holds, earlier ones are what a difference is shown against.
package struct DiscoveredTool: Hashable, Sendable {
    package enum State: String, Sendable, CaseIterable {
        /// Agents may ask for it, as far as policy goes.
        case offered
        /// It is there and cannot be called; ``DiscoveredTool/problem`` says why.
        case unusable
        /// The server names it no more, or is registered no more.
        case gone
        /// People disabled it: it stays so until its server is registered anew.
        case withdrawn
    }

    package var server: Text
    /// As published; 256 bytes of it at most, where it is longer than any tool's name may be.
    package var name: Text
    package var state: State
    /// Of the published definition; nil where nothing was published.
    package var digest: Digest?
    /// The published definition without `_meta`; nil as well where it was too large to keep.
    package var definition: JSONObject?
    package var problem: Text?
    package var seenAt: Timestamp

    package init(
        server: Text, name: Text, state: State, digest: Digest? = nil, definition: JSONObject? = nil,
        problem: Text? = nil, seenAt: Timestamp
    ) {
        self.server = server
        self.name = name
        self.state = state
        self.digest = digest
        self.definition = definition
        self.problem = problem
        self.seenAt = seenAt
    }

    /// Whether it says the same, whenever it was said.
    package func says(_ other: DiscoveredTool) -> Bool {
        state == other.state && digest == other.digest && problem == other.problem
    }
}
