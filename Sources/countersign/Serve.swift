import ArgumentParser
import CommandLineTool
import Glibc
import Logging
import SecretMaterial
import ServerRuntime

/// `countersign serve`: runs the authority until SIGTERM or SIGINT.
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Run the authority.",
        discussion: """
            Settings come from flags, then from the environment (COUNTERSIGN_ and the setting's name in capitals, with _ for \
            each dot), then from the file, then from defaults that are safe on one machine.
            """)

    @Option(help: ArgumentHelp("A JSON file with settings.", valueName: "file"))
    var config: String?

    @Option(help: ArgumentHelp("The directory that holds everything. [data.directory]", valueName: "directory"))
    var data: String?

    @Option(help: ArgumentHelp("Remembers outside of it how far it had come. [data.anchor]", valueName: "file"))
    var anchor: String?

    @Option(help: ArgumentHelp("A Cedar policy set for the first start. [policy.file]", valueName: "file"))
    var policy: String?

    @Option(help: ArgumentHelp("Tool servers behind the gateway, as JSON. [upstreams.file]", valueName: "file"))
    var upstreams: String?

    @Option(help: ArgumentHelp("The agents' plane's address. [agents.listen]", valueName: "host:port"))
    var agents: String?

    @Option(help: ArgumentHelp("Its public URL. [agents.url]", valueName: "url"))
    var agentsURL: String?

    @Option(help: ArgumentHelp("The people's plane's address. [people.listen]", valueName: "host:port"))
    var people: String?

    @Option(help: ArgumentHelp("Its public URL. [people.url]", valueName: "url"))
    var peopleURL: String?

    @Option(help: ArgumentHelp("Health and metrics. [local.listen]", valueName: "host:port"))
    var local: String?

    @Flag(help: "TLS ends at a proxy. [behind.proxy]")
    var behindProxy = false

    @Option(help: ArgumentHelp("trace to critical. [log.level]", valueName: "level"))
    var logLevel: String?

    func run() async throws {
        let environment = ProcessEnvironment.current
        let configuration: ServerConfiguration
        do {
            configuration = try await ServerConfiguration.read(file: config, environment: environment, flags: flags)
            try configuration.check()
        } catch let problem as ConfigurationProblem {
            throw CommandFailure(problem.problem, hint: problem.hint, status: .usage)
        }
        do {
            let logger = Logger(label: "countersign") { StandardErrorLog(label: $0, level: configuration.logLevel) }
            let server = try await ServerRuntime.start(
                configuration, logger: logger, probe: CrashProbe.fromEnvironment(environment), stopsOnSignals: true)
            announce(server, logger)
            try await server.wait()
        } catch let problem as ConfigurationProblem {
            throw CommandFailure(problem.problem, hint: problem.hint)
        }
    }

    private var flags: [ServerConfiguration.Key: String] {
        let given: [(ServerConfiguration.Key, String?)] = [
            (.dataDirectory, data), (.anchorFile, anchor), (.policyFile, policy),
            (.upstreamsFile, upstreams), (.agentsListen, agents),
            (.agentsURL, agentsURL), (.peopleListen, people), (.peopleURL, peopleURL), (.localListen, local),
            (.behindProxy, behindProxy ? "true" : nil), (.logLevel, logLevel),
        ]
        return Dictionary(given.compactMap { key, value in value.map { (key, $0) } }) { first, _ in first }
    }

    /// The link is a credential: it goes to a terminal that somebody looks at, never into a log.
    private func announce(_ server: RunningServer, _ logger: Logger) {
        logger.info(
            "The authority answers.",
            metadata: [
                "agents": "\(server.agentsURL)", "console": "\(server.consoleURL)", "local": "\(server.localURL)",
                "data": "\(server.dataDirectory.path)",
            ])
        guard isatty(STDERR_FILENO) == 1, let link = server.enrolmentLink else { return }
        link.withUnredacted { Terminal.note("\nEnrol the first administrator:\n\n  \($0)\n") }
    }
}
