package import CanonicalEncoding

/// The tool that an action calls: names from the registry, and the digest of its published definition where there is one.
package struct ToolReference: Hashable, Sendable {
    /// `[a-z0-9-]{1,32}`.
    package var server: Text
    package var name: Text
    package var definition: Digest?

    package init(server: Text, name: Text, definition: Digest? = nil) {
        self.server = server
        self.name = name
        self.definition = definition
    }

    /// `server___tool`: how policy names the action.
    package var qualifiedName: Text { Text(server.string + "___" + name.string) }
}

/// What an action touches; people register it, agents never name it.
package struct ResourceReference: Hashable, Sendable {
    package var type: Text
    package var id: Text

    package init(type: Text, id: Text) {
        self.type = type
        self.id = id
    }
}

/// A fact about the target that must still hold when the action runs; a registered provider reads it again.
package struct Precondition: Hashable, Sendable {
    package var provider: Text
    package var of: Text
    package var value: Text

    package init(provider: Text, of: Text, value: Text) {
        self.provider = provider
        self.of = of
        self.value = value
    }
}

/// A bound on one observation, as decimal text or a digest: `{"rows": {"at_most": "1842"}}`.
package struct Expectation: Hashable, Sendable {
    package enum Bound: String, Sendable, CaseIterable {
        case equals
        case atMost = "at_most"
        case atLeast = "at_least"
    }

    package var observation: Text
    package var bound: Bound
    package var value: Text

    package init(observation: Text, bound: Bound, value: Text) {
        self.observation = observation
        self.bound = bound
        self.value = value
    }
}

/// The whole of what will happen, normalised by the server: what is digested, shown, voted on and presented at claim.
package struct Action: Hashable, Sendable {
    package var tool: ToolReference
    package var resource: ResourceReference
    package var environment: Text
    package var arguments: JSONObject
    package var preconditions: [Precondition]
    package var expectations: [Expectation]
    /// How long the execution may take, from the claim.
    package var deadlineSeconds: Int64

    package init(
        tool: ToolReference, resource: ResourceReference, environment: Text, arguments: JSONObject,
        preconditions: [Precondition] = [], expectations: [Expectation] = [], deadlineSeconds: Int64
    ) {
        self.tool = tool
        self.resource = resource
        self.environment = environment
        self.arguments = arguments
        self.preconditions = preconditions
        self.expectations = expectations
        self.deadlineSeconds = deadlineSeconds
    }

    /// The domain of the digest (`authority.md`, "Action and digest").
    package static let digestDomain: StaticString = "countersign.action.v1"

    package var digest: Digest { Digest(domain: Self.digestDomain, json) }
}

/// What an agent submits: the server completes it from the registry. Members that the server owns are claims that must
/// be equal to what it finds.
package struct SubmittedAction: Hashable, Sendable {
    package var server: Text
    package var name: Text
    /// A registered target's name; may be left out where the tool has exactly one.
    package var target: Text?
    package var arguments: JSONObject
    package var preconditions: [Precondition]
    package var expectations: [Expectation]
    package var deadlineSeconds: Int64?
    package var claimedDefinition: Digest?
    package var claimedResource: ResourceReference?
    package var claimedEnvironment: Text?

    package init(
        server: Text, name: Text, target: Text? = nil, arguments: JSONObject, preconditions: [Precondition] = [],
        expectations: [Expectation] = [], deadlineSeconds: Int64? = nil
    ) {
        self.server = server
        self.name = name
        self.target = target
        self.arguments = arguments
        self.preconditions = preconditions
        self.expectations = expectations
        self.deadlineSeconds = deadlineSeconds
    }
}
