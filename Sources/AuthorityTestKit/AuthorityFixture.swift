package import AuthorityCore
package import AuthorityPorts
package import CanonicalEncoding
import FactProviders
import Foundation
import Logging
package import SQLiteStore
package import SecretMaterial

/// A whole authority in a directory of its own: real store, real facts, real tokens and passkeys; only the clock is the
/// test's.
package final class AuthorityFixture: Sendable {
    package let authority: Authority
    package let store: SQLiteStore
    package let clock: ManualClock
    package let directory: String
    package let settings: AuthoritySettings
    /// Signs the tokens: tests forge with it what the authority itself would never sign.
    package let signingKey: SigningKey
    /// What the authority wrote into its log.
    package let written = WrittenLines()

    package struct Unusable: Error {}

    /// `probe` sees every named step. The directory is removed by `close`.
    package convenience init(probe: StepProbe = .none, clock: ManualClock = ManualClock()) throws {
        try self.init(
            directory: Self.freshDirectory(), signingKey: SigningKey(generating: .es256), probe: probe, clock: clock)
    }

    private init(directory: String, signingKey: SigningKey, probe: StepProbe, clock: ManualClock) throws {
        self.directory = directory
        self.signingKey = signingKey
        self.clock = clock
        settings = AuthoritySettings(
            issuer: "http://127.0.0.1:7420", consoleOrigin: "http://localhost:7421", rpID: "localhost")
        store = try SQLiteStore.open(
            directory: directory + "/data", anchor: directory + "/anchor", now: clock.now, logger: .silent)
        let authority = Authority(
            settings: settings, store: store, facts: SystemFactReader(),
            surroundings: Surroundings(now: { clock.now }, random: { SystemRandom().bytes($0) }),
            signingKey: signingKey, probe: probe, logger: written.logger)
        guard let authority else { throw Unusable() }
        self.authority = authority
    }

    package func close() async throws {
        try await store.close()
        // What the store still tidies up may vanish under the removal.
        try? FileManager.default.removeItem(atPath: directory)
    }

    /// Leaves the directory: for a fixture that shares it with another one.
    package func closeStore() async throws { try await store.close() }

    /// The same record after somebody restored it: this fixture no longer serves, the new one has a higher epoch.
    package func restored() async throws -> AuthorityFixture {
        try await store.close()
        try SQLiteStore.acknowledgeRestore(
            directory: directory + "/data", anchor: directory + "/anchor", now: clock.now)
        return try AuthorityFixture(directory: directory, signingKey: signingKey, probe: .none, clock: clock)
    }

    /// The same record served by another process: this fixture no longer serves.
    package func restarted() async throws -> AuthorityFixture {
        try await store.close()
        return try AuthorityFixture(directory: directory, signingKey: signingKey, probe: .none, clock: clock)
    }

    /// What a process that is killed at this moment leaves on the disk, in a directory of its own: what was committed, and of a
    /// transaction no more than what SQLite forgets when it is opened again. Give it to `opened`.
    package func copyOfTheRecord() throws -> String {
        let copy = Self.freshDirectory()
        try FileManager.default.createDirectory(
            atPath: "\(copy)/data", withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        // The anchor first: the store may be ahead of it, never behind. The index of the journal is made anew.
        for file in ["anchor", "data/countersign.sqlite", "data/countersign.sqlite-wal"]
        where FileManager.default.fileExists(atPath: "\(directory)/\(file)") {
            try FileManager.default.copyItem(atPath: "\(directory)/\(file)", toPath: "\(copy)/\(file)")
        }
        return copy
    }

    /// Another process that finds such a copy.
    package func opened(_ copy: String) throws -> AuthorityFixture {
        try AuthorityFixture(directory: copy, signingKey: signingKey, probe: .none, clock: clock)
    }

    /// In memory where the machine has such a file system: what is tested here is not the disk.
    private static func freshDirectory() -> String {
        let parent =
            FileManager.default.fileExists(atPath: "/dev/shm")
            ? "/dev/shm" : FileManager.default.temporaryDirectory.path
        let path = "\(parent)/countersign-\(UUID().uuidString)"
        try? FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        return path
    }

    /// Runs a body against a fixture with people, policy (nil: none was ever loaded), one tool and one agent, and removes it
    /// afterwards.
    package static func withScenario(
        probe: StepProbe = .none, policy: Text? = Scenario.policy, _ body: (Scenario) async throws -> Void
    ) async throws {
        let fixture = try AuthorityFixture(probe: probe)
        do {
            try await body(try await Scenario(fixture, policy: policy))
        } catch {
            try? await fixture.close()
            throw error
        }
        try await fixture.close()
    }
}

extension Logger {
    fileprivate static var silent: Logger { Logger(label: "test") { _ in SwiftLogNoOpLogHandler() } }
}
