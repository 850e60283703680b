import Foundation
import Synchronization

/// One Swift file of the house, taken apart once.
final class SourceFile: Sendable {
    /// `Module/File.swift`, or deeper.
    let path: String
    let module: String
    let lines: [String]
    /// The same lines without the contents of comments and strings.
    let code: [String]
    private let found = Mutex<[Declaration]?>(nil)

    /// Found when a rule first asks.
    var declarations: [Declaration] {
        if let known = found.withLock({ $0 }) { return known }
        let new = findDeclarations()
        found.withLock { $0 = new }
        return new
    }

    init(path: String, text: String) {
        self.path = path
        module = path.split(separator: "/").first.map(String.init) ?? ""
        lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        code = CodeMask.mask(text).split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    /// Lines as editors count them: the end of the last one is no line.
    var lineCount: Int { lines.last == "" ? lines.count - 1 : lines.count }

    static let root: URL = {
        var folder = URL(filePath: #filePath)
        for _ in 0..<3 { folder.deleteLastPathComponent() }
        return folder
    }()

    /// Every Swift file below `Sources`, in order.
    static let sources: [SourceFile] = files(below: root.appending(path: "Sources"))

    static let tests: [SourceFile] = files(below: root.appending(path: "Tests"))

    private static func files(below folder: URL) -> [SourceFile] {
        let paths = (try? FileManager.default.subpathsOfDirectory(atPath: folder.path)) ?? []
        return paths.filter { $0.hasSuffix(".swift") }.sorted().compactMap { path in
            guard let text = try? String(contentsOf: folder.appending(path: path), encoding: .utf8) else { return nil }
            return SourceFile(path: path, text: text)
        }
    }
}
