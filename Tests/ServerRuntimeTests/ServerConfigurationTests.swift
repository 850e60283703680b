import AuthorityCore
import ServerRuntime
import Testing

@Suite struct ServerConfigurationTests {
    private static func read(
        _ flags: [ServerConfiguration.Key: String] = [:], environment: [String: String] = [:], file: String? = nil
    ) async throws -> ServerConfiguration {
        try await ServerConfiguration.read(file: file, environment: environment, flags: flags)
    }

    @Test func `every setting has a default that passes the checks`() async throws {
        let configuration = try await Self.read(environment: ["HOME": "/home/anna"])
        try configuration.check()
        #expect(configuration.dataDirectory == "/home/anna/.local/state/countersign")
        #expect(configuration.agents.url == "http://127.0.0.1:7420")
        #expect(configuration.people.url == "http://localhost:7421")
        #expect(configuration.local.description == "127.0.0.1:7422")
    }

    @Test func `flags win over the environment and the environment over the file`() async throws {
        try await withTemporaryDirectory { folder in
            let file = "\(folder)/countersign.json"
            try write(
                #"{"name": "file", "agents": {"listen": "127.0.0.1:1"}, "people": {"listen": "localhost:2"}}"#, to: file
            )
            let configuration = try await Self.read(
                [.agentsListen: "127.0.0.1:5"],
                environment: ["COUNTERSIGN_AGENTS_LISTEN": "127.0.0.1:4", "COUNTERSIGN_PEOPLE_LISTEN": "localhost:6"],
                file: file)
            #expect(configuration.name == "file")
            #expect(configuration.agents.listen.port == 5)
            #expect(configuration.people.listen.port == 6)
        }
    }

    @Test func `behind a proxy can be said in every place`() async throws {
        try await withTemporaryDirectory { folder in
            let file = "\(folder)/countersign.json"
            try write(#"{"behind": {"proxy": true}}"#, to: file)
            #expect(try await Self.read(file: file).isBehindProxy)
            #expect(try await Self.read(environment: ["COUNTERSIGN_BEHIND_PROXY": "true"]).isBehindProxy)
            #expect(try await Self.read([.behindProxy: "true"]).isBehindProxy)
            #expect(try await !Self.read().isBehindProxy)
        }
    }

    @Test(arguments: [
        (ServerConfiguration.Key.agentsListen, "7420"), (.agentsListen, "127.0.0.1:70000"), (.localListen, "::1:7422"),
        (.behindProxy, "perhaps"), (.proxyAddresses, "proxy.example"), (.agentsEntranceLimit, "20"),
        (.peopleEntranceLimit, "0/5"), (.agentsCallerLimit, "1/1000001"), (.peopleCallerLimit, "1/2/3"),
        (.logLevel, "loud"), (.agentsCertificate, "chain.pem"), (.peopleKey, "key.pem"),
    ])
    func `a value that cannot be meant is refused with a hint`(key: ServerConfiguration.Key, value: String) async {
        await #expect(throws: ConfigurationProblem.self) { try await Self.read([key: value]) }
    }

    @Test func `each plane has limits of its own`() async throws {
        let configuration = try await Self.read(
            [.agentsEntranceLimit: "1/2", .peopleCallerLimit: "3/4", .proxyAddresses: "192.0.2.1,2001:0db8::1"])
        #expect(configuration.agents.entranceLimit == RateLimit(perSecond: 1, burst: 2))
        #expect(configuration.agents.callerLimit == .caller)
        #expect(configuration.people.entranceLimit == .entrance)
        #expect(configuration.people.callerLimit == RateLimit(perSecond: 3, burst: 4))
        #expect(configuration.proxyAddresses == ["192.0.2.1", "2001:0db8::1"])
        #expect(try await Self.read().proxyAddresses == ["127.0.0.1", "::1"])
    }

    @Test(arguments: [
        #"{"agents": {"listne": "127.0.0.1:1"}}"#, #"{"name": 7}"#, #"{"behind": {"proxy": 1}}"#, #"{"agents": "x"}"#,
        #"{"first": {"groups": ["operators"]}}"#, "[]",
    ])
    func `a file that sets what no setting takes is refused`(text: String) async throws {
        try await withTemporaryDirectory { folder in
            let file = "\(folder)/countersign.json"
            try write(text, to: file)
            await #expect(throws: ConfigurationProblem.self) { try await Self.read(file: file) }
        }
    }

    @Test func `a variable that nobody reads is refused and the nearest name is said`() async throws {
        let problem = await #expect(throws: ConfigurationProblem.self) {
            try await Self.read(environment: ["COUNTERSIGN_AGENT_LISTEN": "127.0.0.1:1"])
        }
        #expect(problem?.hint.contains("COUNTERSIGN_AGENTS_LISTEN") == true)
        _ = try await Self.read(environment: ["COUNTERSIGN_SERVER": "http://a", "COUNTERSIGN_KEY": "k", "OTHER": "x"])
    }

    @Test func `a file that is not JSON is refused`() async throws {
        try await withTemporaryDirectory { folder in
            let file = "\(folder)/countersign.json"
            try write("agents: {}", to: file)
            await #expect(throws: ConfigurationProblem.self) { try await Self.read(file: file) }
            await #expect(throws: ConfigurationProblem.self) { try await Self.read(file: "\(folder)/none.json") }
        }
    }

    private static let refused: [[ServerConfiguration.Key: String]] = [
        // Cookies ignore ports.
        [.agentsURL: "http://localhost:7420"],
        [.agentsURL: "https://one.example", .peopleURL: "https://ONE.example", .behindProxy: "true"],
        // No passkeys there.
        [.peopleURL: "http://console.example"],
        [.peopleURL: "http://127.0.0.1:7421"],
        [.peopleURL: "https://10.0.0.1", .behindProxy: "true"],
        // Plain HTTP beyond the host.
        [.agentsListen: "0.0.0.0:7420"],
        [.agentsListen: "0.0.0.0:7420", .agentsURL: "http://agents.example"],
        [.peopleURL: "https://console.example"],
        // A certificate behind an http URL.
        [.agentsURL: "http://127.0.0.1:7420", .agentsCertificate: "chain.pem", .agentsKey: "key.pem"],
        // URLs that are more or less than an origin.
        [.agentsURL: "http://127.0.0.1:7420/"], [.agentsURL: "127.0.0.1:7420"], [.peopleURL: "https://a.example?x=1"],
        [.peopleURL: "https://user@a.example"],
        // Health is for this host.
        [.localListen: "0.0.0.0:7422"],
        [.localListen: "127.0.0.1:7420"],
    ]

    @Test(arguments: refused)
    func `planes that would not be apart or not be safe are refused`(flags: [ServerConfiguration.Key: String])
        async throws
    {
        let configuration = try await Self.read(flags)
        #expect(throws: ConfigurationProblem.self) { try configuration.check() }
    }

    private static let accepted: [[ServerConfiguration.Key: String]] = [
        [.agentsURL: "https://agents.example", .peopleURL: "https://console.example:8443", .behindProxy: "true"],
        [
            .agentsListen: "0.0.0.0:443", .agentsURL: "https://agents.example", .agentsCertificate: "chain.pem",
            .agentsKey: "key.pem",
        ],
        [.agentsListen: "[::1]:7420"],
        [.agentsListen: "127.0.0.1:0", .peopleListen: "localhost:0", .localListen: "127.0.0.1:0"],
    ]

    @Test(arguments: accepted)
    func `planes that are apart and safe are accepted`(flags: [ServerConfiguration.Key: String]) async throws {
        try await Self.read(flags).check()
    }
}
