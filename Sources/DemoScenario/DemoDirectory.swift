import CommandLineTool
import Foundation

/// The demo's own directory: the authority, its target and its agent, apart as they would be on a real host.
struct DemoDirectory: Sendable {
    let path: String

    var authority: String { "\(path)/authority" }
    var target: String { "\(path)/target" }
    var agent: String { "\(path)/agent" }
    var database: String { "\(target)/orders.db" }
    var agentKey: String { "\(agent)/agent.jwk" }

    /// Makes it, readable by this user alone.
    static func make() throws -> DemoDirectory {
        let name = "countersign-demo-\(UUID().uuidString.prefix(8).lowercased())"
        let directory = DemoDirectory(path: FileManager.default.temporaryDirectory.appending(path: name).path)
        for folder in [directory.path, directory.target, directory.agent] {
            do {
                try FileManager.default.createDirectory(
                    atPath: folder, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
            } catch {
                throw CommandFailure(
                    "The directory \(folder) cannot be made.", hint: "Set TMPDIR to a directory that you can write in.")
            }
        }
        return directory
    }

    func remove() {
        try? FileManager.default.removeItem(atPath: path)
    }
}
