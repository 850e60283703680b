import Foundation

/// Published test data that lies outside of the project; nil where it is not to be had.
enum SharedVectors {
    static let folder: URL? = {
        if let named = ProcessInfo.processInfo.environment["SHARED_VECTORS"] {
            return existing(URL(fileURLWithPath: named))
        }
        var place = URL(fileURLWithPath: #filePath)
        while place.path != "/" {
            place.deleteLastPathComponent()
            if let found = existing(place.appendingPathComponent("../shared/vectors").standardized) { return found }
        }
        return nil
    }()

    static let isPresent = folder != nil

    static func bytes(_ path: String) throws -> [UInt8] {
        guard let folder else { throw CocoaError(.fileNoSuchFile) }
        return Array(try Data(contentsOf: folder.appendingPathComponent(path)))
    }

    /// A file of this target's own `Vectors` folder.
    static func own(_ name: String) throws -> String {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Vectors/\(name)")
        return String(decoding: try Data(contentsOf: file), as: UTF8.self)
    }

    private static func existing(_ folder: URL) -> URL? {
        FileManager.default.fileExists(atPath: folder.path) ? folder : nil
    }
}
