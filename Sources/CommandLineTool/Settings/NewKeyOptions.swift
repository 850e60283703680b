import ArgumentParser
import CanonicalEncoding
import Foundation
import Glibc
import SecretMaterial
import Synchronization

/// Where a new private key goes. It is made here and stays here.
struct NewKeyOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The new file for the private key; ~/.config/countersign/NAME.key unless given.", valueName: "path"))
    var keyFile: String?

    @Option(help: ArgumentHelp("ES256 or Ed25519.", valueName: "algorithm"))
    var algorithm = SignatureAlgorithm.es256

    /// Makes a key, lets it be proposed, and keeps its file only when that succeeded: nobody needs a key that no proposal
    /// names.
    ///
    /// - Parameter propose: calls what it is given when the server has taken the proposal.
    func create(
        for name: Text, _ surroundings: ProcessSurroundings,
        propose: (SigningKey, @escaping @Sendable () -> Void) async throws -> Void
    ) async throws {
        let (key, path) = try write(for: name, surroundings)
        let isTaken = Mutex(false)
        do {
            try await propose(key) {
                isTaken.withLock { $0 = true }
                Terminal.note("The private key is in \(Shown.text(path)).")
            }
        } catch {
            if !isTaken.withLock({ $0 }) { unlink(path) }
            throw error
        }
    }

    private func write(for name: Text, _ surroundings: ProcessSurroundings) throws -> (SigningKey, String) {
        let path = try keyFile ?? defaultPath(name, surroundings)
        let key = SigningKey(generating: algorithm)
        do throws(KeyFileError) { try KeyFile.write(key, to: path) } catch {
            guard error.reason == .notFound else { throw CommandFailure(error) }
            throw CommandFailure(
                "The directory of \(path) does not exist.", hint: "Make it with mode 0700, or give another --key-file.")
        }
        return (key, path)
    }

    private func defaultPath(_ name: Text, _ surroundings: ProcessSurroundings) throws -> String {
        guard let base = surroundings["XDG_CONFIG_HOME"]?.string ?? surroundings["HOME"].map({ "\($0)/.config" }) else {
            throw CommandFailure("There is no home directory for the key.", hint: "Give --key-file.", status: .usage)
        }
        let directory = "\(base)/countersign"
        do {
            try FileManager.default.createDirectory(
                atPath: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch { throw CommandFailure("\(directory) cannot be made.", hint: "Give --key-file.") }
        return "\(directory)/\(name).key"
    }
}

extension SignatureAlgorithm: ExpressibleByArgument {}
