import CanonicalEncoding
import Foundation

/// The environment and the directory that the program was started with.
struct ProcessSurroundings: Sendable {
    var environment: [(name: Text, value: Text)]
    var directory: Text

    static var current: ProcessSurroundings {
        ProcessSurroundings(
            environment: ProcessInfo.processInfo.environment.map { (Text($0.key), Text($0.value)) }
                .sorted { $0.0 < $1.0 },
            directory: Text(FileManager.default.currentDirectoryPath))
    }

    subscript(name: Text) -> Text? {
        environment.first { $0.name == name }.flatMap { $0.value.isEmpty ? nil : $0.value }
    }
}
