/// What each module may import that the house did not write. Package.swift says it for the build; this table says it
/// again in terms of modules, and for the system's own libraries, which need no declaration there.
enum OutsideImports {
    static func allowed(in module: String) -> Set<String> {
        Set(packages[module] ?? []).union(system[module] ?? []).union(["Synchronization", "Swift"])
    }

    private static let packages: [String: [String]] = [
        "CanonicalEncoding": ["Crypto"],
        "SecretMaterial": ["Crypto", "CryptoExtras"],
        "ActionTokens": ["Crypto"],
        "PasskeyCeremonies": ["Crypto", "CryptoExtras"],
        "AuthorityCore": ["Crypto", "Logging", "Metrics"],
        "SQLiteStore": ["GRDB", "GRDBSQLite", "Logging"],
        "FactProviders": ["GRDB", "Crypto"],
        "ToolUpstreams": ["AsyncHTTPClient", "NIOCore", "NIOHTTP1", "NIOPosix", "Subprocess", "SystemPackage"],
        "AgentEndpoints": ["Hummingbird", "HTTPTypes", "NIOCore", "Logging"],
        "MCPGateway": ["Hummingbird", "HTTPTypes", "NIOCore", "Logging"],
        "ApproverConsole": ["Hummingbird", "HTTPTypes", "NIOCore", "Mustache", "Logging"],
        "APIClient": ["AsyncHTTPClient", "NIOCore", "NIOHTTP1", "NIOPosix"],
        "CommandLineTool": ["ArgumentParser", "Subprocess", "SystemPackage", "Crypto", "Yams"],
        "ServerRuntime": [
            "Hummingbird", "HummingbirdCore", "HummingbirdTLS", "NIOCore", "NIOPosix", "NIOSSL", "HTTPTypes",
            "ServiceLifecycle", "UnixSignals", "Configuration", "Logging", "Metrics", "SystemPackage",
        ],
        "OperatorVerbs": ["ArgumentParser", "GRDB", "Crypto"],
        "DemoScenario": [
            "ArgumentParser", "AsyncHTTPClient", "NIOCore", "Crypto", "GRDB", "Subprocess", "SystemPackage", "Logging",
        ],
        "countersign": ["ArgumentParser", "Logging"],
        "countersign-bench": [
            "AsyncHTTPClient", "Crypto", "HTTPTypes", "Hummingbird", "Logging", "NIOCore", "NIOHTTP1",
        ],
        "AuthorityTestKit": ["Crypto", "GRDB", "Logging"],
    ]

    /// Rings that decide work on bytes and need no system library; those that touch the system name what they use.
    private static let system: [String: [String]] = [
        "SecretMaterial": ["Glibc"],
        "SQLiteStore": ["Dispatch", "Foundation", "FoundationEssentials", "Glibc"],
        "FactProviders": ["Dispatch", "Foundation", "FoundationEssentials", "Glibc"],
        "ToolUpstreams": ["Glibc"],
        "APIClient": ["Glibc"],
        "CommandLineTool": ["Dispatch", "Foundation", "FoundationEssentials", "Glibc"],
        "ServerRuntime": ["Foundation", "FoundationEssentials", "Glibc"],
        "OperatorVerbs": ["Foundation", "FoundationEssentials", "Glibc"],
        "DemoScenario": ["Foundation", "FoundationEssentials", "Glibc"],
        "countersign": ["Glibc"],
        "countersign-bench": ["Foundation", "FoundationEssentials", "Glibc"],
        "cedar-answers": ["Foundation"],
        "AuthorityTestKit": ["Foundation", "FoundationEssentials", "Glibc"],
    ]
}
