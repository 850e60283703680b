package import CanonicalEncoding
import CedarLanguage
package import DomainModel

/// What is registered, as far as policy can name it: a set is validated against it when it is loaded.
package struct PolicyRegistry: Sendable {
    /// What becomes of a rule about a tool that nobody registered.
    package enum UnknownTools: Sendable {
        /// A mistake: most likely a slip of the pen, and a rule about nothing.
        case refused
        /// Said and let pass: an installation that is being filled gets its policy before its tools.
        case tolerated
    }

    package var tools: [RegisteredTool]
    package var providers: [FactProvider]
    /// Groups that have a member; nil leaves that question out.
    package var groups: Set<Text>?
    package var unknownTools: UnknownTools

    package init(
        tools: [RegisteredTool], providers: [FactProvider], groups: Set<Text>?, unknownTools: UnknownTools = .refused
    ) {
        self.tools = tools
        self.providers = providers
        self.groups = groups
        self.unknownTools = unknownTools
    }

    /// Nil where the registry cannot be said as a schema, which registering a tool excludes.
    func schema(for policies: CedarPolicySet, namespace: String) -> CedarSchema? {
        var subjects: [Text: Set<Text>] = [:]
        for policy in policies.policies {
            for path in policy.contextPaths where path.count >= 3 && path[0] == "preconditions" {
                subjects[path[1].text, default: []].insert(path[2].text)
            }
        }
        return try? CedarSchema(
            cedar: PolicySchema.text(tools, providers: providers, subjects: subjects, namespace: namespace))
    }

    /// Whether the arguments of a tool are known to nobody.
    var hasOpenInput: Bool { tools.contains { $0.kind != .command && $0.inputSchema == nil } }

    /// Whether policy can be told what this tool's arguments are.
    package static func canType(_ tool: RegisteredTool) -> Bool {
        (try? CedarSchema(cedar: PolicySchema.text([tool]))) != nil
    }
}
