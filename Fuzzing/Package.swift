// swift-tools-version: 6.2
// Fuzzing of what reads text from outside, with libFuzzer. A package of its own: its modules are compiled with other flags,
// and only by `scripts/fuzz`.
import PackageDescription

let instrumented: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .unsafeFlags(["-sanitize=fuzzer", "-parse-as-library", "-enforce-exclusivity=checked"]),
]

/// `libclang_rt.fuzzer_no_main` of the toolchain, which `scripts/fuzz` finds.
let library = Context.environment["COUNTERSIGN_FUZZER_LIBRARY"] ?? ""

let package = Package(
    name: "fuzzing",
    targets: [
        // What needs swift-crypto stays out; nothing here uses it.
        .target(
            name: "CanonicalEncoding",
            exclude: ["CanonicalDocument.swift", "Digest.swift", "MemberReader+Types.swift"],
            swiftSettings: instrumented),
        .target(name: "CedarLanguage", dependencies: ["CanonicalEncoding"], swiftSettings: instrumented),
        .executableTarget(
            name: "fuzz", dependencies: ["CanonicalEncoding", "CedarLanguage"], swiftSettings: instrumented,
            linkerSettings: [.unsafeFlags(["-use-ld=lld", library, "-lstdc++", "-lm"])]),
    ]
)
