package import ArgumentParser
import CanonicalEncoding
import CommandLineTool
import SQLiteStore
import ServerRuntime

/// `countersign restore`: says on purpose that a copy which was put back is the one that serves from now on.
package struct Restore: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Let a restored copy of the data serve.",
        discussion: """
            A server does not start on data that is older than its anchor remembers, because what was approved or spent \
            meanwhile would live again. This raises the store's epoch: every request in it that had not ended is asked for \
            again, and no token of the other life is accepted. Stop the server and put the backup into the directory first.
            """)

    @Option(help: ArgumentHelp("The data directory with the backup in it.", valueName: "directory"))
    package var data: String?

    @Option(help: ArgumentHelp("Remembers outside of it how far it had come. [data.anchor]", valueName: "file"))
    package var anchor: String?

    @Flag(help: "Yes, every request that has not ended may become stale.")
    package var yes = false

    @Flag(help: "Print one JSON object.")
    package var json = false

    package init() {}

    package func validate() throws {
        guard yes else { throw ValidationError("Say --yes: every request that has not ended becomes stale.") }
    }

    package func run() async throws {
        let environment = ProcessEnvironment.current
        let directory =
            data ?? environment["COUNTERSIGN_DATA_DIRECTORY"]
            ?? ServerConfiguration.defaultDataDirectory(environment: environment)
        do throws(StoreOpeningError) {
            let epoch = try SQLiteStore.acknowledgeRestore(
                directory: directory, anchor: anchor ?? environment["COUNTERSIGN_DATA_ANCHOR"],
                now: SystemSurroundings.now)
            if json {
                Terminal.result(["directory": "\(directory)", "epoch": .integer(Int64(epoch))])
            } else {
                Terminal.result("The data in \(Shown.text(directory)) serves from now on, in epoch \(epoch).")
            }
        } catch {
            throw CommandFailure(error.problem, hint: error.hint)
        }
    }
}
