package import ArgumentParser

/// `countersign policy`: tools for people who write policy.
package struct PolicyVerb: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "policy", abstract: "Policy: tools for people who write it.",
        subcommands: [
            CheckPolicies.self, TestPolicies.self, ExplainRequest.self, ReplayRequests.self, FormatPolicies.self,
            PrintSchema.self, LoadPolicies.self, RunConformance.self,
        ])

    package init() {}
}
