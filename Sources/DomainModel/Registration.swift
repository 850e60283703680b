package import CanonicalEncoding

/// What people had registered when a request was assessed, beside what its action says itself: approvers were shown it and
/// policy was told, so that a change of it makes the request stale.
package struct Registration: Hashable, Sendable {
    /// ``RegisteredTool/factsDigest``.
    package var tool: Digest
    /// Of the providers that the preconditions name; nil where there are none.
    package var providers: Digest?

    package init(tool: Digest, providers: Digest?) {
        self.tool = tool
        self.providers = providers
    }

    /// Over the providers of an action, in the order in which it names them; one that is not there is not in it.
    package static func digest(of providers: [FactProvider]) -> Digest {
        Digest(domain: "countersign.provider-facts.v1", .array(providers.map(\.json)))
    }
}

extension RegisteredTool {
    /// Over what approvers are shown of the tool and policy is told. Its reference and its targets stand in the action; its
    /// deadlines only bound what the action says.
    package var factsDigest: Digest {
        CanonicalDocument { writer in
            writer.object { members in
                members.member("destructive", traits.destructive)
                members.member("kind", Text(kind.rawValue))
                members.member("open_world", traits.openWorld)
                members.member("read_only", traits.readOnly)
                members.member("title", title)
            }
        }.digest(domain: "countersign.tool-facts.v1")
    }
}

extension Registration {
    package init(json: JSONValue) throws(MemberError) {
        var reader = try MemberReader(json, path: "registration")
        self.init(tool: try reader.digest("tool"), providers: nil)
        if let text = try reader.optionalText("providers") {
            providers = try reader.parsed(text, "providers") { Digest(wire: $0.string) }
        }
        try reader.finish()
    }
}
