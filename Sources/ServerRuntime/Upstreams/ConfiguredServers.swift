import CanonicalEncoding
import DomainModel

/// The tool servers of the configuration: what is registered of them, and the values that are kept out of the registration.
struct ConfiguredServers: Sendable {
    var servers: [UpstreamServer] = []
    /// By server and setting.
    private(set) var values: [Text: [Text: SettingTemplate]] = [:]

    /// Which settings of a process come from the authority's own environment unless the file says otherwise: without them hardly
    /// any program starts.
    private static let inherited: [Text] = ["HOME", "PATH"]

    /// The settings of one server. A reference alone is registered as one; anything else stays here.
    mutating func settings(
        _ given: JSONObject, of server: Text, isEnvironment: Bool
    ) throws(ConfigurationProblem) -> [UpstreamServer.Setting] {
        var settings: [UpstreamServer.Setting] = []
        for member in given.members {
            guard let text = member.value.textValue, let template = SettingTemplate(text.string) else {
                throw ConfigurationProblem(
                    "The value of \(member.name) of the server \(server) cannot be read.",
                    hint: "Write a text; ${env:NAME} and ${file:/absolute/path} stand for what is found there.")
            }
            let reference = template.reference
            if reference == nil { values[server, default: [:]][member.name] = template }
            settings.append(UpstreamServer.Setting(name: member.name, source: reference ?? .configuration))
        }
        guard isEnvironment else { return settings }
        for name in Self.inherited where given[name] == nil {
            settings.append(UpstreamServer.Setting(name: name, source: .environment(name)))
        }
        return settings
    }

    /// Whether the file itself holds a value, and not only where it is found.
    var holdsValues: Bool { !values.isEmpty }
}
