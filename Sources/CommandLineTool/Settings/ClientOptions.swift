import APIClient
import ArgumentParser
import CanonicalEncoding
import DomainModel
import Foundation
import SecretMaterial

/// Which agent speaks to which server, and how it proves who it is.
struct ClientOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The server's agents' address. [COUNTERSIGN_SERVER]", valueName: "url"))
    var server: String?

    @Option(help: ArgumentHelp("The agent's name. [COUNTERSIGN_AGENT]", valueName: "name"))
    var agent: String?

    @Option(help: ArgumentHelp("The file with the agent's private key. [COUNTERSIGN_KEY]", valueName: "path"))
    var key: String?

    @Flag(help: "Print results as JSON, one document a line.")
    var json = false

    /// Flags first, then the environment, then `~/.config/countersign/agent.json`.
    func identity(_ surroundings: ProcessSurroundings) throws -> AgentClient.Identity {
        let file = try AgentSettings.read(surroundings)
        let server =
            server.map { Text($0) } ?? surroundings["COUNTERSIGN_SERVER"] ?? file.server
            ?? "http://127.0.0.1:7420"
        try Self.checkScheme(server)
        guard let name = agent.map({ Text($0) }) ?? surroundings["COUNTERSIGN_AGENT"] ?? file.agent else {
            throw CommandFailure(
                "No agent is named.", hint: "Give --agent or set COUNTERSIGN_AGENT.", status: .usage)
        }
        guard let id = AgentID(name) else {
            throw CommandFailure(
                "\(name) is no agent's name.", hint: "Names are 1 to 64 of a-z, 0-9 and -, beginning with a letter.",
                status: .usage)
        }
        guard let path = key.map({ Text($0) }) ?? surroundings["COUNTERSIGN_KEY"] ?? file.key else {
            throw CommandFailure(
                "No key is named.", hint: "Give --key or set COUNTERSIGN_KEY to the file that `agent create` wrote.",
                status: .usage)
        }
        do throws(KeyFileError) {
            return AgentClient.Identity(
                agent: id, key: try KeyFile.read(from: path.string), server: Self.withoutSlash(server))
        } catch { throw CommandFailure(error) }
    }

    /// - Parameter progress: where somebody who waits is told that there was no answer.
    func client(
        _ surroundings: ProcessSurroundings, patience: Duration = .seconds(10), progress: ProgressLine = .standardError
    ) throws -> AgentClient {
        let own = ClientSurroundings(
            now: { SystemClock.now() },
            repeating: { progress.show("\(Shown.text(CommandFailure($0).message)) Trying again.") })
        return AgentClient(identity: try identity(surroundings), surroundings: own, patience: patience)
    }

    /// Without a scheme or a host no call leaves, and every call would be repeated until the wait is over.
    private static func checkScheme(_ server: Text) throws(CommandFailure) {
        guard !server.string.hasPrefix("http://"), !server.string.hasPrefix("https://") else {
            guard let url = URL(string: server.string), url.host()?.isEmpty == false else {
                throw CommandFailure(
                    "\(server) is no server's address.", hint: "Write it like https://countersign.example:7420.",
                    status: .usage)
            }
            return
        }
        throw CommandFailure(
            "The server's address \(server) has no scheme.", hint: "Write http://… or https://… before host and port.",
            status: .usage)
    }

    private static func withoutSlash(_ text: Text) -> Text {
        text.utf8.last == UInt8(ascii: "/") ? Text(String(text.string.dropLast())) : text
    }
}

/// `~/.config/countersign/agent.json`: `{"server", "agent", "key"}`, each optional.
struct AgentSettings {
    var server: Text?
    var agent: Text?
    var key: Text?

    static func read(_ surroundings: ProcessSurroundings) throws -> AgentSettings {
        let base = surroundings["XDG_CONFIG_HOME"]?.string ?? surroundings["HOME"].map { "\($0)/.config" }
        guard let path = base.map({ "\($0)/countersign/agent.json" }),
            let data = FileManager.default.contents(atPath: path)
        else { return AgentSettings() }
        do {
            var reader = try MemberReader(try JSONReader.read(Array(data)))
            let settings = AgentSettings(
                server: try reader.optionalText("server"), agent: try reader.optionalText("agent"),
                key: try reader.optionalText("key"))
            try reader.finish()
            return settings
        } catch let error as MemberError {
            throw CommandFailure(
                "\(path) is not a settings file: \(error.path.isEmpty ? "the document" : error.path) is not as it must be.",
                hint: "It holds one JSON object with the texts server, agent and key, each optional.", status: .usage)
        } catch {
            throw CommandFailure(
                "\(path) is not a settings file.", hint: "It holds one JSON object with server, agent and key.",
                status: .usage)
        }
    }
}
