package import ArgumentParser

/// The client verbs, which the program composes with those of the server (`planes.md`, "The program").
package enum CommandLineTool {
    package static let clientVerbs: [any ParsableCommand.Type] = [
        RunVerb.self, MCPVerb.self, RequestVerb.self, AgentVerb.self, PersonVerb.self, GroupVerb.self, ToolVerb.self,
        UpstreamVerb.self, ProviderVerb.self, FreezeVerb.self, ThawVerb.self, PolicyVerb.self, BearerTokenVerb.self,
    ]
}
