// swift-tools-version: 6.2
// A program of its own that uses the policy language and nothing else of this project.
import PackageDescription

let package = Package(
    name: "cedar-library",
    dependencies: [
        // From elsewhere: .package(url: "…", from: "…") with the place where this project is kept.
        .package(name: "countersign", path: "../..")
    ],
    targets: [
        .executableTarget(name: "ask", dependencies: [.product(name: "CedarLanguage", package: "countersign")])
    ]
)
