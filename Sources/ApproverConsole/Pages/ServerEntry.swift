import AuthorityCore
import CanonicalEncoding
import DomainModel
import ModelContextProtocol

/// A tool server on the page of tools. Where its credentials are found is shown, and what they are is not known here.
struct ServerEntry: Sendable {
    struct Fact: Sendable {
        let label: String
        let value: String
    }

    struct Tool: Sendable {
        let name: String
        let title: String
        let tag: Tag
        let definition: String?
        let problem: String?
        let changed: Moment?
        /// The places of the definition that are others than before, with what stood and stands there.
        let lines: [Line]
    }

    struct Line: Sendable {
        let kind: String
        let mark: String
        let spoken: String?
        let text: String
    }

    let name: String
    let tags: [Tag]
    let facts: [Fact]
    let tools: [Tool]
    let said: [String]
    let hasSaid: Bool
    /// Nil where the viewer cannot propose it.
    let removal: String?

    init(_ view: ToolServerView, mayAdminister: Bool) {
        let server = view.registration.server
        name = shown(server.name)
        var tags = [Self.tag(view.state)]
        if view.registration.isFromConfiguration { tags.append(Tag("from the configuration")) }
        self.tags = tags
        facts = Self.facts(view)
        tools = view.tools.map(Self.tool)
        said = view.said.map { shown(Text($0)) }
        hasSaid = !view.said.isEmpty
        removal = mayAdminister && !view.registration.isFromConfiguration ? server.name.string : nil
    }

    private static func tag(_ state: ToolServerView.State) -> Tag {
        switch state {
        case .waiting: Tag("not asked yet")
        case .connected: Tag("connected", .good)
        case .failed: Tag("cannot be reached", .stop)
        }
    }

    private static func facts(_ view: ToolServerView) -> [Fact] {
        let server = view.registration.server
        var facts = [reached(server)]
        facts += server.settings.map { Fact(label: shown($0.name), value: source($0.source)) }
        let target = server.target
        facts.append(
            Fact(
                label: "Touches",
                value: "\(shown("\(target.resource.type) \(target.resource.id)")), \(shown(target.environment))"))
        facts.append(
            Fact(
                label: "Its word on what its tools do",
                value: server.believesAnnotations ? "believed" : "not believed: each counts as destructive"))
        let limits = server.limits
        facts.append(
            Fact(
                label: "A call",
                value:
                    "\(Moment.length(seconds: limits.callSeconds)), \(limits.resultBytes) bytes; its caller waits \(Moment.length(seconds: limits.holdSeconds)) for people"
            ))
        facts += server.previews.map {
            Fact(label: "Shown before \(shown($0.tool))", value: "what \(shown($0.preview)) answers")
        }
        switch view.state {
        case .waiting: break
        case .failed(let reason): facts.append(Fact(label: "Why", value: shown(Text(reason))))
        case .connected(let name, let version, let revision):
            facts.append(
                Fact(
                    label: "It says it is",
                    value: "\(shown("\(name) \(version)")), \(revision.rawValue)"))
            let lists = view.lists
            facts.append(
                Fact(
                    label: "Beside tools",
                    value:
                        "\(Wording.count(lists.resources.count + lists.resourceTemplates.count, "resource", "resources")), \(Wording.count(lists.prompts.count, "prompt", "prompts"))"
                ))
        }
        return facts
    }

    private static func reached(_ server: UpstreamServer) -> Fact {
        switch server.transport {
        case .http(let endpoint): Fact(label: "Address", value: shown(endpoint.url))
        case .command(let command):
            Fact(label: "Program", value: command.argv.map { shown("\"\($0)\"") }.joined(separator: " "))
        }
    }

    private static func source(_ source: UpstreamServer.Setting.Source) -> String {
        switch source {
        case .text(let text): shown(text)
        case .file(let path): "found in the file \(shown(path))"
        case .environment(let name): "found in the server's variable \(shown(name))"
        case .configuration: "held by the configuration"
        }
    }

    private static func tool(_ view: DiscoveredToolView) -> Tool {
        let seen = view.seen
        let title = seen.definition?["title"]?.textValue ?? seen.definition?["description"]?.textValue ?? ""
        return Tool(
            name: shown(seen.name), title: shown(title), tag: tag(seen.state), definition: seen.digest?.wire,
            problem: seen.problem.map(shown), changed: view.changedAt.map { Moment($0) },
            lines: view.changes.flatMap(lines))
    }

    private static func tag(_ state: DiscoveredTool.State) -> Tag {
        switch state {
        case .offered: Tag("offered", .good)
        case .unusable: Tag("cannot be called", .stop)
        case .gone: Tag("gone")
        case .withdrawn: Tag("disabled", .care)
        }
    }

    private static func lines(_ change: DefinitionChange) -> [Line] {
        var lines = [Line(kind: "same", mark: " ", spoken: nil, text: shown(change.path))]
        if let before = change.before {
            lines.append(Line(kind: "removed", mark: "−", spoken: "before:", text: shown(value(before))))
        }
        if let after = change.after {
            lines.append(Line(kind: "added", mark: "+", spoken: "now:", text: shown(value(after))))
        }
        return lines
    }

    private static func value(_ json: JSONValue) -> Text { json.textValue ?? Text(CanonicalJSON.text(json)) }
}
