import Glibc
import NIOCore
import NIOSSL
import Synchronization

/// A plane's certificate and key as they are in force: read from their files at the start, and again when these change.
/// A connection keeps what it began with.
final class ServingCertificate: Sendable {
    /// What a look at the files found.
    enum Look: Sendable {
        case same
        case renewed
        /// What is in force stays in force. Said once for each change.
        case unusable(ConfigurationProblem)
    }

    private struct State {
        var identity: TLSIdentity
        /// Of the files when they were last looked at, usable or not.
        var seen: [FileVersion]
    }

    let files: ServerConfiguration.Certificate
    private let state: Mutex<State>

    /// Refuses what cannot be served, and a key that others could read.
    init(_ files: ServerConfiguration.Certificate) throws(ConfigurationProblem) {
        self.files = files
        let seen = Self.versions(files)
        state = Mutex(State(identity: try TLSIdentity(files), seen: seen))
    }

    /// For a listener: every new connection is served with what is in force then.
    var tlsConfiguration: TLSConfiguration {
        var configuration = state.withLock { $0.identity.configuration }
        configuration.sslContextCallback = { [self] _, promise in
            let identity = state.withLock { $0.identity }
            var override = NIOSSLContextConfigurationOverride()
            override.certificateChain = identity.chain
            override.privateKey = identity.key
            promise.succeed(override)
        }
        return configuration
    }

    /// Looks whether the files changed. A pair of which one half was replaced so far does not fit together: what is in force
    /// stays until the other half is there as well.
    func look() -> Look {
        // Read before the content: what changes in between is seen by the next look.
        let versions = Self.versions(files)
        guard versions != state.withLock({ $0.seen }) else { return .same }
        do {
            let identity = try TLSIdentity(files)
            state.withLock { $0 = State(identity: identity, seen: versions) }
            return .renewed
        } catch {
            state.withLock { $0.seen = versions }
            return .unusable(error)
        }
    }

    private static func versions(_ files: ServerConfiguration.Certificate) -> [FileVersion] {
        [FileVersion(of: files.chainFile), FileVersion(of: files.keyFile)]
    }
}

/// Tells one content of a file from the next without reading it; links are followed, since renewing programs turn them.
private struct FileVersion: Hashable {
    private var numbers: [Int] = []

    /// A file that is not there has a version, too.
    init(of path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return }
        numbers = [
            Int(truncatingIfNeeded: status.st_dev), Int(truncatingIfNeeded: status.st_ino), Int(status.st_size),
            status.st_mtim.tv_sec, status.st_mtim.tv_nsec, status.st_ctim.tv_sec, status.st_ctim.tv_nsec,
        ]
    }
}

/// A chain and its key that fit together.
struct TLSIdentity: Sendable {
    private static let greatestFile = 1 << 20

    let chain: [NIOSSLCertificateSource]
    let key: NIOSSLPrivateKeySource

    init(_ files: ServerConfiguration.Certificate) throws(ConfigurationProblem) {
        let chainBytes = try Self.read(files.chainFile, isSecret: false)
        let keyBytes = try Self.read(files.keyFile, isSecret: true)
        do {
            chain = try NIOSSLCertificate.fromPEMBytes(chainBytes).map { .certificate($0) }
            key = .privateKey(try NIOSSLPrivateKey(bytes: keyBytes, format: .pem))
            // Refuses a key that is not the certificate's.
            _ = try NIOSSLContext(configuration: configuration)
        } catch {
            throw ConfigurationProblem(
                "The certificate \(files.chainFile) with the key \(files.keyFile) cannot be used: \(error)",
                hint: "Both are PEM files; the chain begins with the server's own certificate, whose key it is.")
        }
    }

    /// TLS 1.2 and later; HTTP/1.1 alone, so that no client shares one connection between two names.
    var configuration: TLSConfiguration {
        var configuration = TLSConfiguration.makeServerConfiguration(certificateChain: chain, privateKey: key)
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = ["http/1.1"]
        return configuration
    }

    private static func read(_ path: String, isSecret: Bool) throws(ConfigurationProblem) -> [UInt8] {
        // Without O_NONBLOCK, opening a FIFO would wait for its writer.
        let file = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        var status = stat()
        guard file >= 0, fstat(file, &status) == 0 else {
            throw ConfigurationProblem(
                "\(path) cannot be read: \(String(cString: strerror(errno))).",
                hint: "Name PEM files that this user can read.")
        }
        defer { close(file) }
        guard status.st_mode & S_IFMT == S_IFREG, status.st_size <= greatestFile else {
            throw ConfigurationProblem("\(path) is no PEM file.", hint: "Name a certificate chain and its key.")
        }
        if isSecret { try checkSecrecy(status, path) }
        var bytes = [UInt8](repeating: 0, count: greatestFile)
        var count = 0
        while count < bytes.count {
            let more = bytes.withUnsafeMutableBytes {
                Glibc.read(file, $0.baseAddress?.advanced(by: count), $0.count - count)
            }
            guard more > 0 else { break }
            count += more
        }
        return Array(bytes[..<count])
    }

    /// A key that another user can read is everybody's; one that another user can replace is that user's.
    private static func checkSecrecy(_ status: stat, _ path: String) throws(ConfigurationProblem) {
        guard status.st_uid == geteuid() || status.st_uid == 0 else {
            throw ConfigurationProblem(
                "The key \(path) belongs to another user.",
                hint: "chown it to the user that runs the server, or to root.")
        }
        guard status.st_mode & 0o077 == 0 else {
            throw ConfigurationProblem("The key \(path) is open to other users.", hint: "chmod 600 \(path)")
        }
    }
}
