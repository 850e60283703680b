import AuthorityCore
package import AuthorityPorts
import CanonicalEncoding
import Glibc
package import Logging
import NIOCore
import SQLiteStore
import ServiceLifecycle
import UnixSignals

/// The server as a whole: reads nothing but its configuration, and can be started inside a test as well as by the program.
package enum ServerRuntime {
    /// Of the program, for people and for those who are connected to it.
    package static let version = "0.1.0"

    /// Starts a server and returns when every listener answers.
    ///
    /// - Parameters:
    ///   - stopsOnSignals: SIGTERM and SIGINT end it; for the program, not for tests.
    /// - Throws: `ConfigurationProblem`, or whatever a listener could not do.
    package static func start(
        _ configuration: ServerConfiguration, logger: Logger, probe: StepProbe = .none, stopsOnSignals: Bool = false
    ) async throws -> RunningServer {
        var attempts = configuration.takesFreePorts ? 5 : 1
        while true {
            do {
                return try await startOnce(configuration, logger, probe, stopsOnSignals)
            } catch let error as IOError where error.errnoCode == EADDRINUSE && attempts > 1 {
                // Somebody took the port between our look and our use of it.
                attempts -= 1
            } catch let error as IOError where error.errnoCode == EADDRINUSE {
                throw ConfigurationProblem(
                    "The address of a listener was taken while the server started.", hint: "Start it once more.")
            }
        }
    }

    private static func startOnce(
        _ configuration: ServerConfiguration, _ logger: Logger, _ probe: StepProbe, _ stopsOnSignals: Bool
    ) async throws -> RunningServer {
        let assembly = try await Assembly(configuration, logger: logger, probe: probe)
        var services: [ServiceGroupConfiguration.ServiceConfiguration]
        do {
            services = try assembly.services(endingProcess: stopsOnSignals)
        } catch {
            try? await assembly.store.close()
            throw error
        }
        var options = ServiceGroupConfiguration(
            services: services, gracefulShutdownSignals: stopsOnSignals ? [.sigterm, .sigint] : [], logger: logger)
        // What has not ended by itself by then is cut off: within a second of SIGTERM the process is gone.
        options.maximumGracefulShutdownDuration = .milliseconds(800)
        let group = ServiceGroup(configuration: options)
        // Not structured, because the server outlives the call that starts it: `RunningServer` owns it.
        let task = Task { try await run(group, assembly) }
        await assembly.readiness.wait()
        let server = RunningServer(
            agentsURL: assembly.configuration.agents.url, consoleURL: assembly.configuration.people.url,
            localURL: "http://\(assembly.configuration.local)", dataDirectory: assembly.directory,
            authority: assembly.authority, group: group, services: task)
        // A listener that could not be bound ends the group at once, and says why here.
        if assembly.readiness.hasGivenUp { try await task.value }
        return server
    }

    private static func run(_ group: ServiceGroup, _ assembly: Assembly) async throws {
        do {
            try await group.run()
        } catch is CancellationError {
            // The shutdown took longer than it may and was cut off.
        } catch {
            assembly.readiness.giveUp()
            try? await assembly.store.close()
            throw error
        }
        try await assembly.store.close()
    }
}
