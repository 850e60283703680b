// swift-tools-version: 6.2
// The house: every module once, in ring order. A line that breaks the ring table stops the manifest from loading;
// docs/architecture/modules.md says what each room holds.
import PackageDescription

enum Ring: String {
    case foundation, domain, ports, application, adapter, interface, composition, testing

    var mayImport: Set<Ring> {
        switch self {
        case .foundation: [.foundation]
        case .domain: [.foundation, .domain]
        case .ports: [.foundation, .domain]
        case .application: [.foundation, .domain, .ports, .application]
        case .adapter: [.foundation, .domain, .ports]
        case .interface: [.foundation, .domain, .application, .interface]
        case .composition: [.foundation, .domain, .ports, .application, .adapter, .interface, .composition]
        case .testing: [.foundation, .domain, .ports, .application, .adapter, .interface, .composition, .testing]
        }
    }

    /// Rings whose code decides: every unsafe expression in them is marked where it stands.
    var isStrictlyMemorySafe: Bool { [.foundation, .domain, .ports, .application].contains(self) }
}

struct Module {
    var ring: Ring
    var name: String
    var uses: [String] = []
    var outside: [Target.Dependency] = []
    var isProgram = false
    var isCLanguage = false
    /// What its tests use beside the module and what the module itself uses; nil where it has none of its own.
    var testsUse: [String]? = []
    /// Folders of its tests that hold no code, such as `Vectors` or `Golden`; tests find them by their own path.
    var testData: [String] = []
}

let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let cryptoExtras: Target.Dependency = .product(name: "CryptoExtras", package: "swift-crypto")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let metrics: Target.Dependency = .product(name: "Metrics", package: "swift-metrics")
let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
let sqlite: Target.Dependency = .product(name: "GRDBSQLite", package: "GRDB.swift")
let hummingbird: Target.Dependency = .product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore: Target.Dependency = .product(name: "HummingbirdCore", package: "hummingbird")
let hummingbirdTLS: Target.Dependency = .product(name: "HummingbirdTLS", package: "hummingbird")
let httpTypes: Target.Dependency = .product(name: "HTTPTypes", package: "swift-http-types")
let nioCore: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioHTTP1: Target.Dependency = .product(name: "NIOHTTP1", package: "swift-nio")
let nioPosix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let nioSSL: Target.Dependency = .product(name: "NIOSSL", package: "swift-nio-ssl")
let mustache: Target.Dependency = .product(name: "Mustache", package: "swift-mustache")
let asyncHTTPClient: Target.Dependency = .product(name: "AsyncHTTPClient", package: "async-http-client")
let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let serviceLifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let unixSignals: Target.Dependency = .product(name: "UnixSignals", package: "swift-service-lifecycle")
let configuration: Target.Dependency = .product(name: "Configuration", package: "swift-configuration")
let subprocess: Target.Dependency = .product(name: "Subprocess", package: "swift-subprocess")
let systemPackage: Target.Dependency = .product(name: "SystemPackage", package: "swift-system")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")

let modules: [Module] = [
    Module(ring: .foundation, name: "CanonicalEncoding", outside: [crypto], testData: ["Vectors"]),
    Module(ring: .foundation, name: "SecretMaterial", uses: ["CanonicalEncoding"], outside: [crypto, cryptoExtras]),

    Module(ring: .domain, name: "CedarLanguage", uses: ["CanonicalEncoding"], testData: ["Vectors"]),
    Module(ring: .domain, name: "DomainModel", uses: ["CanonicalEncoding"]),
    Module(ring: .domain, name: "ActionRendering", uses: ["CanonicalEncoding", "DomainModel"]),
    Module(ring: .domain, name: "ApprovalPolicy", uses: ["CanonicalEncoding", "CedarLanguage", "DomainModel"]),
    Module(ring: .domain, name: "ApprovalWorkflow", uses: ["CanonicalEncoding", "DomainModel"]),
    Module(
        ring: .domain, name: "ActionTokens", uses: ["CanonicalEncoding", "SecretMaterial", "DomainModel"],
        outside: [crypto]),
    Module(
        ring: .domain, name: "PasskeyCeremonies", uses: ["CanonicalEncoding", "SecretMaterial", "DomainModel"],
        outside: [crypto, cryptoExtras], testsUse: ["DemoScenario"]),
    Module(ring: .domain, name: "TransparencyLog", uses: ["CanonicalEncoding", "SecretMaterial", "DomainModel"]),
    Module(ring: .domain, name: "WireProtocol", uses: ["CanonicalEncoding", "DomainModel"]),
    Module(ring: .domain, name: "ModelContextProtocol", uses: ["CanonicalEncoding"]),

    Module(
        ring: .ports, name: "AuthorityPorts",
        uses: ["CanonicalEncoding", "DomainModel", "TransparencyLog", "ModelContextProtocol"]),

    Module(
        ring: .application, name: "AuthorityCore",
        uses: [
            "CanonicalEncoding", "SecretMaterial", "DomainModel", "ActionRendering", "ApprovalPolicy",
            "ApprovalWorkflow",
            "ActionTokens", "PasskeyCeremonies", "TransparencyLog", "WireProtocol", "ModelContextProtocol",
            "AuthorityPorts",
        ],
        outside: [crypto, logging, metrics],
        testsUse: ["AuthorityTestKit", "ApproverConsole", "DemoScenario", "ToolUpstreams", "OperatorVerbs"],
        testData: ["Golden"]),

    Module(
        ring: .adapter, name: "SQLiteStore",
        uses: ["CanonicalEncoding", "DomainModel", "TransparencyLog", "AuthorityPorts"],
        outside: [grdb, sqlite, logging],
        testsUse: ["StoreConformance"]),
    Module(
        ring: .adapter, name: "FactProviders",
        uses: ["CanonicalEncoding", "DomainModel", "AuthorityPorts"], outside: [grdb, crypto]),
    Module(
        ring: .adapter, name: "ToolUpstreams",
        uses: ["CanonicalEncoding", "SecretMaterial", "DomainModel", "ModelContextProtocol", "AuthorityPorts"],
        outside: [asyncHTTPClient, nioCore, nioHTTP1, nioPosix, subprocess, systemPackage],
        testsUse: ["AuthorityCore", "AuthorityTestKit"]),

    Module(
        ring: .interface, name: "AgentEndpoints",
        uses: ["CanonicalEncoding", "DomainModel", "ActionTokens", "SecretMaterial", "WireProtocol", "AuthorityCore"],
        outside: [hummingbird, httpTypes, nioCore, logging],
        testsUse: ["AuthorityTestKit", "AuthorityPorts", "APIClient"]),
    Module(
        ring: .interface, name: "MCPGateway",
        uses: [
            "CanonicalEncoding", "DomainModel", "ModelContextProtocol", "WireProtocol", "AuthorityCore",
            "AgentEndpoints",
        ],
        outside: [hummingbird, httpTypes, nioCore, logging],
        testsUse: ["ActionTokens", "SecretMaterial", "AuthorityTestKit", "AuthorityPorts"]),
    Module(ring: .interface, name: "ConsoleAssets", isCLanguage: true, testsUse: nil),
    Module(
        ring: .interface, name: "ApproverConsole",
        uses: [
            "CanonicalEncoding", "DomainModel", "ActionRendering", "ApprovalPolicy", "PasskeyCeremonies",
            "SecretMaterial", "WireProtocol", "ModelContextProtocol",
            "AuthorityCore", "ConsoleAssets",
        ],
        outside: [hummingbird, httpTypes, nioCore, mustache, logging],
        testsUse: ["AuthorityTestKit", "AuthorityPorts", "SQLiteStore", "DemoScenario"], testData: ["Golden"]),
    Module(
        ring: .interface, name: "APIClient",
        uses: ["CanonicalEncoding", "SecretMaterial", "DomainModel", "ActionTokens", "WireProtocol"],
        outside: [asyncHTTPClient, nioCore, nioHTTP1, nioPosix],
        testsUse: ["AuthorityTestKit"]),
    Module(
        ring: .interface, name: "CommandLineTool",
        uses: [
            "CanonicalEncoding", "CedarLanguage", "SecretMaterial", "DomainModel", "ActionRendering", "ApprovalPolicy",
            "ActionTokens", "WireProtocol", "ModelContextProtocol", "APIClient",
        ],
        outside: [argumentParser, subprocess, systemPackage, crypto, yams],
        testsUse: ["AuthorityTestKit"]),

    Module(
        ring: .composition, name: "ServerRuntime",
        uses: [
            "CanonicalEncoding", "SecretMaterial", "DomainModel", "ApprovalPolicy", "AuthorityPorts", "AuthorityCore",
            "SQLiteStore", "FactProviders", "ToolUpstreams", "AgentEndpoints", "MCPGateway", "ApproverConsole",
            "WireProtocol", "ActionTokens", "ModelContextProtocol",
        ],
        outside: [
            hummingbird, hummingbirdCore, hummingbirdTLS, nioCore, nioPosix, nioSSL, httpTypes, serviceLifecycle,
            unixSignals, configuration, logging, metrics, systemPackage,
        ],
        testsUse: ["AuthorityTestKit"]),
    Module(
        ring: .composition, name: "OperatorVerbs",
        uses: [
            "CanonicalEncoding", "DomainModel", "PasskeyCeremonies", "TransparencyLog", "WireProtocol", "SQLiteStore",
            "ServerRuntime", "CommandLineTool",
        ],
        outside: [argumentParser, grdb, crypto],
        testsUse: ["ApprovalPolicy", "AuthorityCore", "AuthorityPorts", "AuthorityTestKit"]),
    Module(
        ring: .composition, name: "DemoScenario",
        uses: [
            "CanonicalEncoding", "SecretMaterial", "DomainModel", "ActionTokens", "PasskeyCeremonies", "WireProtocol",
            "APIClient",
            "AuthorityCore", "AuthorityPorts", "ServerRuntime", "CommandLineTool", "OperatorVerbs",
        ],
        outside: [argumentParser, asyncHTTPClient, nioCore, crypto, grdb, subprocess, systemPackage, logging],
        testsUse: ["AuthorityTestKit"]),
    Module(
        ring: .composition, name: "countersign",
        uses: ["SecretMaterial", "CommandLineTool", "OperatorVerbs", "DemoScenario", "ServerRuntime"],
        outside: [argumentParser, logging], isProgram: true, testsUse: nil),
    Module(
        ring: .composition, name: "countersign-bench",
        uses: [
            "CanonicalEncoding", "SecretMaterial", "CedarLanguage", "DomainModel", "ApprovalPolicy", "ActionTokens",
            "WireProtocol", "AuthorityPorts", "AuthorityCore", "SQLiteStore", "FactProviders", "DemoScenario",
        ],
        outside: [crypto, logging, hummingbird, httpTypes, nioCore, nioHTTP1, asyncHTTPClient], isProgram: true,
        testsUse: nil),

    Module(
        ring: .composition, name: "cedar-answers", uses: ["CanonicalEncoding", "CedarLanguage"], isProgram: true,
        testsUse: nil),

    Module(
        ring: .testing, name: "AuthorityTestKit",
        uses: [
            "CanonicalEncoding", "SecretMaterial", "DomainModel", "ApprovalPolicy", "ApprovalWorkflow", "ActionTokens",
            "PasskeyCeremonies", "WireProtocol",
            "AuthorityPorts", "AuthorityCore", "SQLiteStore", "FactProviders", "DemoScenario",
        ],
        outside: [crypto, logging, grdb], testsUse: nil),
    Module(
        ring: .testing, name: "StoreConformance",
        uses: ["CanonicalEncoding", "DomainModel", "TransparencyLog", "AuthorityPorts"], testsUse: nil),
]

let ringOf = Dictionary(uniqueKeysWithValues: modules.map { ($0.name, $0.ring) })
for module in modules {
    for used in module.uses {
        guard let ring = ringOf[used] else { fatalError("\(module.name) uses \(used), which is not in the table") }
        guard module.ring.mayImport.contains(ring) else {
            fatalError(
                "\(module.name) (\(module.ring)) may not import \(used) (\(ring)): see docs/architecture/modules.md")
        }
    }
}

let everywhere: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

/// The optimised program brings Swift's own libraries along, and its relocations packed: docs/decisions/0029. Unsafe flags keep
/// other packages from using this product, which is a program.
let selfContained: [LinkerSetting] = [
    .unsafeFlags(
        [
            "-static-stdlib", "-lFoundation", "-lCoreFoundation", "-lFoundationInternationalization",
            "-lFoundationEssentials", "-l_FoundationCShims", "-l_FoundationCollections", "-l_FoundationICU",
            "-lswiftSynchronization", "-lswift_StringProcessing", "-lswift_RegexParser", "-use-ld=lld", "-Xlinker",
            "-z",
            "-Xlinker", "pack-relative-relocs",
        ], .when(platforms: [.linux], configuration: .release))
]

let sourceTargets: [Target] = modules.map { module in
    let dependencies = module.uses.map { Target.Dependency.target(name: $0) } + module.outside
    if module.isCLanguage {
        return .target(name: module.name, dependencies: dependencies, exclude: ["Assets"])
    }
    let settings = everywhere + (module.ring.isStrictlyMemorySafe ? [.strictMemorySafety()] : [])
    return module.isProgram
        ? .executableTarget(
            name: module.name, dependencies: dependencies, swiftSettings: settings,
            linkerSettings: module.name.hasPrefix("countersign") ? selfContained : [])
        : .target(name: module.name, dependencies: dependencies, swiftSettings: settings)
}

let testTargets: [Target] = modules.compactMap { module in
    guard let extra = module.testsUse else { return nil }
    let dependencies = ([module.name] + module.uses + extra).map { Target.Dependency.target(name: $0) } + module.outside
    return .testTarget(
        name: "\(module.name)Tests", dependencies: dependencies, exclude: module.testData, swiftSettings: everywhere)
}

/// Tests of the whole: of the house's own rules, and of user stories against a running authority.
let wholeTests: [Target] = [
    .testTarget(name: "HouseRulesTests", swiftSettings: everywhere),
    .testTarget(
        name: "EndToEndTests",
        dependencies: [
            "CanonicalEncoding", "SecretMaterial", "DomainModel", "ActionTokens", "PasskeyCeremonies", "WireProtocol",
            "APIClient",
            "AuthorityPorts", "AuthorityCore", "SQLiteStore", "OperatorVerbs", "DemoScenario", "ServerRuntime",
            "AuthorityTestKit",
            crypto, asyncHTTPClient, subprocess, grdb, nioCore, nioHTTP1, nioPosix, nioSSL, logging,
            systemPackage,
        ],
        exclude: ["Gateway/Clients"], swiftSettings: everywhere),
]

let package = Package(
    name: "countersign",
    products: [
        .executable(name: "countersign", targets: ["countersign"]),
        .library(name: "CedarLanguage", targets: ["CedarLanguage"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(
            url: "https://github.com/apple/swift-configuration", from: "1.4.0",
            traits: [.defaults, "CommandLineArguments"]),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
    ],
    targets: sourceTargets + testTargets + wholeTests,
    cLanguageStandard: .c2x
)
