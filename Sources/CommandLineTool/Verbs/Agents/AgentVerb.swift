package import ArgumentParser

/// `countersign agent`: who asks.
package struct AgentVerb: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "agent", abstract: "Agents: who asks, who owns them, and until when.",
        subcommands: [
            CreateAgent.self, ListAgents.self, ShowAgent.self, DisableAgent.self, RotateAgentKey.self, AllowBearer.self,
            RefuseBearer.self,
        ])

    package init() {}
}
