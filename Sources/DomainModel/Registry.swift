package import CanonicalEncoding

/// A tool that people registered: what is outside the registry is denied.
package struct RegisteredTool: Hashable, Sendable {
    /// What kind of executor the tool has; it decides which arguments are legal.
    package enum Kind: String, Sendable, CaseIterable {
        /// A program of a host, run by `countersign run`: arguments are those of `CommandInvocation`.
        case command
        /// Anything else whose executor presents the action at the claim.
        case generic
        /// A tool of a server behind the gateway, which executes it; discovery registers it.
        case mcp
    }

    /// What the tool may do, as its registrar says (MCP's annotations; unknown means the worst).
    package struct Traits: Hashable, Sendable {
        package var destructive: Bool
        package var readOnly: Bool
        package var openWorld: Bool

        package init(destructive: Bool = true, readOnly: Bool = false, openWorld: Bool = true) {
            self.destructive = destructive
            self.readOnly = readOnly
            self.openWorld = openWorld
        }
    }

    package var reference: ToolReference
    package var kind: Kind
    package var title: Text
    package var traits: Traits
    package var targets: [Target]
    /// Deadline where the agent names none, and the most it may name, in seconds.
    package var defaultDeadlineSeconds: Int64
    package var greatestDeadlineSeconds: Int64
    package var isEnabled: Bool
    /// The JSON schema of its arguments, which types `context.input` for policy; nil where nobody said. A command has none.
    package let inputSchema: JSONValue?

    /// A tool with an input schema and no definition of its own gets one made from what is registered about it.
    package init(
        reference: ToolReference, kind: Kind, title: Text, traits: Traits = Traits(), targets: [Target],
        deadlineSeconds: (default: Int64, greatest: Int64) = (600, 3600), isEnabled: Bool = true,
        inputSchema: JSONValue? = nil
    ) {
        self.reference = Self.defined(reference, title, traits, inputSchema)
        self.inputSchema = inputSchema
        self.kind = kind
        self.title = title
        self.traits = traits
        self.targets = targets
        defaultDeadlineSeconds = deadlineSeconds.default
        greatestDeadlineSeconds = deadlineSeconds.greatest
        self.isEnabled = isEnabled
    }
}

extension RegisteredTool {
    /// Bytes of a schema as canonical JSON, and how deeply it nests: the log keeps it, and a policy's types are made from it.
    package static let greatestSchema = (bytes: 16_384, depth: 40)

    /// Whether a schema may be registered: an object within the limits.
    package static func isUsable(_ schema: JSONValue) -> Bool {
        guard schema.objectValue != nil, CanonicalJSON.encode(schema).count <= greatestSchema.bytes else {
            return false
        }
        var level = [schema]
        for _ in 0..<greatestSchema.depth {
            level = level.flatMap { $0.arrayValue ?? $0.objectValue?.members.map(\.value) ?? [] }
            if level.isEmpty { return true }
        }
        return false
    }

    /// The digest of what agents, approvers and policy were told about the tool, so that another schema makes what was
    /// approved under the old one stale. Targets and deadlines are not in it: an action names its own.
    private static func defined(
        _ reference: ToolReference, _ title: Text, _ traits: Traits, _ schema: JSONValue?
    ) -> ToolReference {
        guard let schema, reference.definition == nil else { return reference }
        var reference = reference
        reference.definition = Digest(
            domain: "countersign.tool-definition.v1",
            [
                "server": .string(reference.server), "name": .string(reference.name), "title": .string(title),
                "destructive": .bool(traits.destructive), "read_only": .bool(traits.readOnly),
                "open_world": .bool(traits.openWorld), "input_schema": schema,
            ])
        return reference
    }
}

/// A target of a tool: its name for agents, and the facts that only the registry knows.
package struct Target: Hashable, Sendable {
    package var name: Text
    package var resource: ResourceReference
    package var environment: Text

    package init(name: Text, resource: ResourceReference, environment: Text) {
        self.name = name
        self.resource = resource
        self.environment = environment
    }
}

/// A registered reader of facts; preconditions name it.
package struct FactProvider: Hashable, Sendable {
    package enum Kind: String, Sendable, CaseIterable {
        /// `of` is a path below `location`; the value is the file's digest.
        case fileDigest = "file-digest"
        /// `of` is `table` or `table where column = 'value'`; the value is the number of rows in the SQLite file at `location`.
        case sqliteCount = "sqlite-count"
    }

    package var name: Text
    package var kind: Kind
    /// An absolute path: a folder for `file-digest`, a database for `sqlite-count`.
    package var location: Text

    package init(name: Text, kind: Kind, location: Text) {
        self.name = name
        self.kind = kind
        self.location = location
    }
}
