import AgentEndpoints
import ApproverConsole
import AuthorityCore
import AuthorityPorts
import CanonicalEncoding
import DomainModel
import FactProviders
import Glibc
import Hummingbird
import Logging
import SQLiteStore
import ServiceLifecycle

/// Everything of one server before it runs: the only place that names stores, planes and providers together.
struct Assembly: Sendable {
    let configuration: ServerConfiguration
    let directory: DataDirectory
    let store: SQLiteStore
    let authority: Authority
    /// Whether the first administrator's link lies in its file.
    let awaitsFirstEnrolment: Bool
    let agentsCertificate: ServingCertificate?
    let peopleCertificate: ServingCertificate?
    let toolServers: ToolServers
    let readiness: Readiness
    let logger: Logger

    init(_ wanted: ServerConfiguration, logger: Logger, probe: StepProbe) async throws {
        let configuration = try wanted.withPorts()
        try configuration.check()
        try wanted.checkAddresses()
        agentsCertificate = try configuration.agents.certificate.map(ServingCertificate.init)
        peopleCertificate = try configuration.people.certificate.map(ServingCertificate.init)
        let directory = try DataDirectory(opening: configuration.dataDirectory)
        let surroundings = SystemSurroundings.surroundings
        let key = try directory.signingKey()
        let store: SQLiteStore
        do {
            store = try SQLiteStore.open(
                directory: directory.path, anchor: configuration.anchorFile, now: surroundings.now(), logger: logger,
                fault: .reaching(probe))
        } catch {
            throw ConfigurationProblem(error.problem, hint: error.hint)
        }
        guard
            let authority = Authority(
                settings: Self.settings(configuration), store: store, facts: SystemFactReader(),
                surroundings: surroundings, signingKey: key, probe: probe, logger: logger)
        else {
            throw ConfigurationProblem(
                "The system gave no random bytes.", hint: "Without a generator nothing can be signed.")
        }
        self.configuration = configuration
        self.directory = directory
        self.store = store
        self.authority = authority
        self.logger = logger
        readiness = Readiness(listeners: 4)
        awaitsFirstEnrolment =
            try await FirstStart(authority: authority, configuration: configuration, directory: directory).prepare()
        toolServers = try await ToolServers(
            authority, configuration: configuration, directory: directory, logger: logger)
    }

    private static func settings(_ configuration: ServerConfiguration) -> AuthoritySettings {
        let host = PublicURL(configuration.people.url)?.host ?? "localhost"
        return AuthoritySettings(
            issuer: Text(configuration.agents.url), consoleOrigin: Text(configuration.people.url), rpID: Text(host),
            rpName: Text(configuration.name))
    }

    /// In the order in which they start; they end in reverse, so that waiting ends first and time stands still last.
    func services() throws -> [ServiceGroupConfiguration.ServiceConfiguration] {
        let listener = PlaneListener(readiness: readiness, logger: logger)
        let health = HealthEndpoints(authority: authority, readiness: readiness, registry: .shared)
        let peers = PeerNames(proxies: configuration.isBehindProxy ? configuration.proxyAddresses : [])
        var services: [any Service] = [SweeperService(authority: authority, logger: logger)]
        services.append(ToolServerService(servers: toolServers))
        services += [
            try listener.service(health.router().buildResponder(), at: configuration.local),
            try operatorService(listener),
            try listener.service(
                ConsolePlane(
                    authority: authority, limits: limits(configuration.people), peerName: peers.name, logger: logger
                ).buildResponder(), at: configuration.people.listen, certificate: peopleCertificate),
            try listener.service(
                AgentPlane(authority: authority, limits: limits(configuration.agents), peerName: peers.name)
                    .router.buildResponder(), at: configuration.agents.listen,
                certificate: agentsCertificate),
            DrainService(authority: authority),
        ]
        services += [agentsCertificate, peopleCertificate].compactMap { $0 }.map {
            CertificateService(certificate: $0, logger: logger)
        }
        var all = services.map { ServiceGroupConfiguration.ServiceConfiguration(service: $0) }
        if awaitsFirstEnrolment {
            let keeper = EnrolmentLinkService(
                authority: authority, directory: directory,
                expiresAt: authority.now.adding(seconds: authority.settings.firstEnrolmentSeconds), logger: logger)
            all.append(.init(service: keeper, successTerminationBehavior: .ignore))
        }
        return all
    }

    private func limits(_ plane: ServerConfiguration.Plane) -> CallLimits {
        let authority = authority
        return CallLimits(entrance: plane.entranceLimit, caller: plane.callerLimit) { authority.now }
    }

    private func operatorService(_ listener: PlaneListener) throws -> any Service {
        let path = directory.operatorSocket
        guard path.utf8.count < 108 else {
            throw ConfigurationProblem(
                "The path \(path) is too long for a socket.", hint: "Name a shorter data directory with --data.")
        }
        // Left over from a server that was killed: the store's lock says that no other is running.
        unlink(path)
        return listener.service(OperatorSocket(authority: authority).router().buildResponder(), atSocket: path) {
            chmod(path, 0o600)
        }
    }
}

extension CommitFault {
    /// Lets nothing fail, and says around each COMMIT that it was reached.
    fileprivate static func reaching(_ probe: StepProbe) -> CommitFault {
        CommitFault(
            beforeCommit: {
                probe.reached(.commitBefore)
                return nil
            },
            afterCommit: {
                probe.reached(.commitAfter)
                return nil
            })
    }
}
