@testable import ApproverConsole
import CanonicalEncoding
import Foundation
import Testing

/// Golden files are in Golden/; `COUNTERSIGN_WRITE_GOLDEN=1` writes them anew, and `COUNTERSIGN_PREVIEW=DIR` writes the pages
/// with their assets into a folder, to look at them.
@Suite struct GoldenPagesTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden")

    @Test(arguments: GoldenPages.names) func `a page is byte for byte what was agreed`(name: String) throws {
        let html = try Self.withoutHashes(GoldenPages.html(name))
        let file = Self.folder.appending(path: "\(name).html")
        if ProcessInfo.processInfo.environment["COUNTERSIGN_WRITE_GOLDEN"] == "1" {
            try FileManager.default.createDirectory(at: Self.folder, withIntermediateDirectories: true)
            try Data(html.utf8).write(to: file)
        }
        let golden = try Data(contentsOf: file)
        #expect(Text(html) == Text(utf8: golden), "\(name).html differs from its golden file")
    }

    @Test func `every golden file belongs to a page`() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path).sorted()
        #expect(files == GoldenPages.names.map { "\($0).html" }.sorted())
    }

    @Test(.enabled(if: ProcessInfo.processInfo.environment["COUNTERSIGN_PREVIEW"] != nil))
    func `pages can be looked at without a server`() throws {
        let folder = URL(filePath: ProcessInfo.processInfo.environment["COUNTERSIGN_PREVIEW"] ?? "/nowhere")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for file in try LinkedAssets().files { try Data(file.bytes).write(to: folder.appending(path: file.name)) }
        for name in GoldenPages.names {
            let html = try Self.withoutHashes(GoldenPages.html(name)).replacing("/assets/HASH/", with: "")
            try Data(html.utf8).write(to: folder.appending(path: "\(name).html"))
        }
    }

    /// Assets change more often than pages.
    private static func withoutHashes(_ html: String) throws -> String {
        try LinkedAssets().files.reduce(html) { $0.replacing($1.path, with: "/assets/HASH/\($1.name)") }
    }
}
