import AuthorityCore
import CanonicalEncoding
import Configuration
import DomainModel
import Logging

extension ServerConfiguration {
    /// Names of the settings. In a JSON file they nest at the dots; in the environment they are in capitals behind
    /// `COUNTERSIGN_`, with `_` for the dot; on the command line each has a flag.
    package enum Key: String, CaseIterable, Sendable {
        case dataDirectory = "data.directory"
        case anchorFile = "data.anchor"
        case firstPerson = "first.person"
        case firstGroups = "first.groups"
        case agentsListen = "agents.listen"
        case agentsURL = "agents.url"
        case agentsCertificate = "agents.certificate"
        case agentsKey = "agents.key"
        case agentsEntranceLimit = "agents.limit.entrance"
        case agentsCallerLimit = "agents.limit.caller"
        case peopleListen = "people.listen"
        case peopleURL = "people.url"
        case peopleCertificate = "people.certificate"
        case peopleKey = "people.key"
        case peopleEntranceLimit = "people.limit.entrance"
        case peopleCallerLimit = "people.limit.caller"
        case localListen = "local.listen"
        case policyFile = "policy.file"
        case upstreamsFile = "upstreams.file"
        case behindProxy = "behind.proxy"
        case proxyAddresses = "proxy.addresses"
        case name = "name"
        case logLevel = "log.level"
    }

    /// Flags win over the environment, the environment over the file, the file over the defaults.
    ///
    /// - Parameters:
    ///   - file: a JSON file; nil: none.
    ///   - flags: values from the command line.
    /// - Throws: `ConfigurationProblem`.
    package static func read(
        file: String?, environment: [String: String], flags: [Key: String]
    ) async throws -> ServerConfiguration {
        try checkNames(in: environment)
        let reader = try reader(file: file, environment: environment, flags: flags)
        var configuration = ServerConfiguration(
            dataDirectory: text(.dataDirectory, reader) ?? defaultDataDirectory(environment: environment),
            firstAdministrator: try firstAdministrator(reader))
        configuration.anchorFile = text(.anchorFile, reader)
        configuration.agents = try plane(configuration.agents, reader, .agents)
        configuration.people = try plane(configuration.people, reader, .people)
        configuration.local = try address(.localListen, reader) ?? configuration.local
        configuration.policyFile = text(.policyFile, reader)
        configuration.upstreamsFile = text(.upstreamsFile, reader)
        configuration.isBehindProxy = try flag(.behindProxy, reader) ?? false
        configuration.proxyAddresses = try addresses(.proxyAddresses, reader) ?? configuration.proxyAddresses
        configuration.name = text(.name, reader) ?? configuration.name
        configuration.logLevel = try level(reader) ?? configuration.logLevel
        return configuration
    }

    private static func reader(
        file: String?, environment: [String: String], flags: [Key: String]
    ) throws -> ConfigReader {
        var providers: [any ConfigProvider] = [
            provider("flags", flags),
            EnvironmentVariablesProvider(environmentVariables: environment),
        ]
        if let file { providers.append(provider("file", try SettingsFile(path: file).values)) }
        return ConfigReader(providers: providers)
    }

    private static func provider(_ name: String, _ values: [Key: String]) -> InMemoryProvider {
        let pairs = values.map {
            (AbsoluteConfigKey(["countersign"] + $0.key.components), ConfigValue(.string($0.value), isSecret: false))
        }
        return InMemoryProvider(name: name, values: Dictionary(pairs) { first, _ in first })
    }

    private static func text(_ key: Key, _ reader: ConfigReader) -> String? {
        reader.string(forKey: key.configKey)
    }

    private static func address(_ key: Key, _ reader: ConfigReader) throws -> ListenAddress? {
        guard let text = text(key, reader) else { return nil }
        guard let address = ListenAddress(text) else {
            throw ConfigurationProblem(
                "\(key.rawValue) is \"\(text)\", which is not an address.",
                hint: "Write it as host:port, such as 127.0.0.1:7420.")
        }
        return address
    }

    private static func addresses(_ key: Key, _ reader: ConfigReader) throws -> [String]? {
        guard let text = text(key, reader) else { return nil }
        return try text.split(separator: ",").map { part in
            guard PeerNames.octets(String(part)) != nil else {
                throw ConfigurationProblem(
                    "\(key.rawValue) names \"\(part)\".", hint: "Write IP addresses, separated by commas.")
            }
            return String(part)
        }
    }

    private static func limit(_ key: Key, _ reader: ConfigReader) throws -> RateLimit? {
        guard let text = text(key, reader) else { return nil }
        let numbers = text.split(separator: "/", omittingEmptySubsequences: false).map { Int64($0) }
        guard numbers.count == 2, let perSecond = numbers[0], let burst = numbers[1],
            let limit = RateLimit(perSecond: perSecond, burst: burst)
        else {
            throw ConfigurationProblem(
                "\(key.rawValue) is \"\(text)\".",
                hint: "Write calls per second / calls at once, such as 20/400; each is 1 to \(RateLimit.greatest).")
        }
        return limit
    }

    private static func flag(_ key: Key, _ reader: ConfigReader) throws -> Bool? {
        guard let text = text(key, reader) else { return nil }
        guard let value = Bool(text) else {
            throw ConfigurationProblem("\(key.rawValue) is \"\(text)\".", hint: "Write true or false.")
        }
        return value
    }

    private static func level(_ reader: ConfigReader) throws -> Logger.Level? {
        guard let text = text(.logLevel, reader) else { return nil }
        guard let level = Logger.Level(rawValue: text) else {
            throw ConfigurationProblem(
                "log.level is \"\(text)\".",
                hint: "Write one of \(Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")).")
        }
        return level
    }

    private static func firstAdministrator(_ reader: ConfigReader) throws -> FirstAdministrator {
        let person = text(.firstPerson, reader) ?? "administrator"
        let groups = (text(.firstGroups, reader) ?? "operators").split(separator: ",").map(String.init)
        guard let id = PersonID(Text(person)) else {
            throw ConfigurationProblem("first.person is \"\(person)\".", hint: nameHint)
        }
        let names = try groups.map { group in
            guard let name = GroupID(Text(group)) else {
                throw ConfigurationProblem("first.groups names \"\(group)\".", hint: nameHint)
            }
            return name
        }
        return FirstAdministrator(person: id, groups: names)
    }

    private static let nameHint = "A name is 1 to 64 of a-z, 0-9 and -, and begins with a letter."

    private enum PlaneKeys {
        case agents, people

        var listen: Key { self == .agents ? .agentsListen : .peopleListen }
        var url: Key { self == .agents ? .agentsURL : .peopleURL }
        var certificate: Key { self == .agents ? .agentsCertificate : .peopleCertificate }
        var key: Key { self == .agents ? .agentsKey : .peopleKey }
        var entranceLimit: Key { self == .agents ? .agentsEntranceLimit : .peopleEntranceLimit }
        var callerLimit: Key { self == .agents ? .agentsCallerLimit : .peopleCallerLimit }
    }

    private static func plane(_ standard: Plane, _ reader: ConfigReader, _ keys: PlaneKeys) throws -> Plane {
        var plane = standard
        plane.listen = try address(keys.listen, reader) ?? plane.listen
        plane.publicURL = text(keys.url, reader)
        plane.entranceLimit = try limit(keys.entranceLimit, reader) ?? plane.entranceLimit
        plane.callerLimit = try limit(keys.callerLimit, reader) ?? plane.callerLimit
        switch (text(keys.certificate, reader), text(keys.key, reader)) {
        case (nil, nil): break
        case (let chain?, let key?): plane.certificate = Certificate(chainFile: chain, keyFile: key)
        case (_?, nil), (nil, _?):
            throw ConfigurationProblem(
                "\(keys.certificate.rawValue) and \(keys.key.rawValue) belong together, and one of them is missing.",
                hint: "Set both to PEM files, or neither.")
        }
        return plane
    }
}

extension ServerConfiguration.Key {
    var components: [String] { rawValue.split(separator: ".").map(String.init) }

    /// Under `countersign`, which the environment's names begin with and the file leaves out.
    var configKey: ConfigKey { ConfigKey(["countersign"] + components) }
}
