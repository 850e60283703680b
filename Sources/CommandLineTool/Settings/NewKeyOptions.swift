import ArgumentParser
import CanonicalEncoding
import Foundation
import SecretMaterial

/// Where a new private key goes. It is made here and stays here.
struct NewKeyOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The new file for the private key; ~/.config/countersign/NAME.key unless given.", valueName: "path"))
    var keyFile: String?

    @Option(help: ArgumentHelp("ES256 or Ed25519.", valueName: "algorithm"))
    var algorithm = SignatureAlgorithm.es256

    func create(for name: Text, _ surroundings: ProcessSurroundings) throws -> SigningKey {
        let path = try keyFile ?? defaultPath(name, surroundings)
        let key = SigningKey(generating: algorithm)
        do throws(KeyFileError) { try KeyFile.write(key, to: path) } catch { throw CommandFailure("\(error)") }
        Terminal.note("The private key is in \(Shown.text(path)).")
        return key
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
