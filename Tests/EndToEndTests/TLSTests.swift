import AsyncHTTPClient
import CanonicalEncoding
import DomainModel
import Foundation
import NIOCore
import NIOHTTP1
import NIOSSL
import ServerRuntime
import Testing

/// Both planes over TLS, with certificates that are renewed while the server runs.
@Suite struct TLSTests {
    /// A server in this process whose planes share one certificate.
    private struct Site {
        let folder: String
        let log = WrittenLog()
        let certificate: TestCertificate

        var chain: String { "\(folder)/chain.pem" }
        var key: String { "\(folder)/key.pem" }

        init() throws {
            folder = try TestFolder.make()
            certificate = try TestCertificate()
            try certificate.write(chain: chain, key: key)
        }

        var configuration: ServerConfiguration {
            get throws {
                let ana = try #require(PersonID("ana"))
                var configuration = ServerConfiguration(
                    dataDirectory: "\(folder)/data", firstAdministrator: .init(person: ana, groups: []))
                let pair = ServerConfiguration.Certificate(chainFile: chain, keyFile: key)
                configuration.agents = .init(listen: .init(host: "127.0.0.1", port: 0), certificate: pair)
                configuration.people = .init(listen: .init(host: "localhost", port: 0), certificate: pair)
                configuration.local.port = 0
                return configuration
            }
        }

        func start() async throws -> RunningServer {
            try await ServerRuntime.start(try configuration, logger: log.logger)
        }

        func remove() { try? FileManager.default.removeItem(atPath: folder) }
    }

    private struct Answer {
        var status: Int
        var fields: [String: String]
        var body: String
    }

    /// On a connection of its own, by a client that trusts this one certificate.
    private static func get(
        _ url: String, trusting certificate: TestCertificate, host: String? = nil
    ) async throws -> Answer {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(Array(certificate.certificatePEM.utf8)))
        var configuration = HTTPClient.Configuration(tlsConfiguration: tls)
        // Whoever is refused is refused at once.
        configuration.connectionPool.retryConnectionEstablishment = false
        let client = HTTPClient(configuration: configuration)
        do {
            var request = HTTPClientRequest(url: url)
            if let host { request.headers.replaceOrAdd(name: "host", value: host) }
            let response = try await client.execute(request, timeout: .seconds(30))
            let body = try await response.body.collect(upTo: 1 << 20)
            try await client.shutdown()
            let fields = Dictionary(response.headers.map { ($0.name.lowercased(), $0.value) }) { first, _ in first }
            return Answer(status: Int(response.status.code), fields: fields, body: String(buffer: body))
        } catch {
            try await client.shutdown()
            throw error
        }
    }

    @Test func `both planes answer over TLS, to whoever trusts their certificate`() async throws {
        let site = try Site()
        defer { site.remove() }
        let server = try await site.start()
        #expect(server.agentsURL.hasPrefix("https://127.0.0.1:"))
        #expect(server.consoleURL.hasPrefix("https://localhost:"))
        let metadata = try await Self.get(
            "\(server.agentsURL)/.well-known/oauth-authorization-server", trusting: site.certificate)
        #expect(metadata.status == 200)
        #expect(try JSONReader.read(Array(metadata.body.utf8))["issuer"]?.stringValue == server.agentsURL)
        let page = try await Self.get("\(server.consoleURL)/enrol", trusting: site.certificate)
        #expect(page.status == 200)
        #expect(page.fields["strict-transport-security"]?.isEmpty == false)
        let stranger = try TestCertificate()
        for url in [server.agentsURL, server.consoleURL] {
            await #expect(throws: (any Error).self) { try await Self.get(url, trusting: stranger) }
            let plain = url.replacing("https://", with: "http://")
            await #expect(throws: (any Error).self) { try await Self.get(plain, trusting: site.certificate) }
        }
        try await server.shutdown()
    }

    @Test func `a connection that was made for the other plane is told that it is misdirected`() async throws {
        let site = try Site()
        defer { site.remove() }
        let server = try await site.start()
        let hosts = [server.agentsURL, server.consoleURL].map { String($0.dropFirst("https://".count)) }
        let paths = ["/.well-known/oauth-authorization-server", "/enrol"]
        for (plane, url) in [server.agentsURL, server.consoleURL].enumerated() {
            let own = try await Self.get(url + paths[plane], trusting: site.certificate, host: hosts[plane])
            #expect(own.status == 200)
            for path in paths {
                let other = try await Self.get(url + path, trusting: site.certificate, host: hosts[1 - plane])
                #expect(other.status == 421)
                #expect(other.body.contains("misdirected_request"))
            }
        }
        try await server.shutdown()
    }

    @Test func `a renewed certificate is served without a restart, and an unusable one is not`() async throws {
        let site = try Site()
        defer { site.remove() }
        let server = try await site.start()
        let urls = ["\(server.agentsURL)/oauth/jwks", "\(server.consoleURL)/enrol"]
        func eventuallyServed(_ certificate: TestCertificate) async throws -> Bool {
            for url in urls {
                let answer = try await ServerProcess.eventually { try? await Self.get(url, trusting: certificate) }
                guard answer?.status == 200 else { return false }
            }
            return true
        }
        #expect(try await eventuallyServed(site.certificate))
        let second = try TestCertificate()
        try second.write(chain: site.chain, key: site.key)
        #expect(try await eventuallyServed(second))
        for url in urls {
            await #expect(throws: (any Error).self) { try await Self.get(url, trusting: site.certificate) }
        }

        // The key of another pair: each half is good, and together they are not.
        let third = try TestCertificate()
        try Data(third.certificatePEM.utf8).write(to: URL(filePath: site.chain))
        let warned = try await ServerProcess.eventually {
            site.log.contains("warning The renewed certificate is not usable") ? true : nil
        }
        #expect(warned == true)
        #expect(try await eventuallyServed(second))
        try third.write(chain: site.chain, key: site.key)
        #expect(try await eventuallyServed(third))
        try await server.shutdown()
    }

    @Test(arguments: ["open", "another", "noise", "absent", "pipe"])
    func `a server does not start with a key that is not its own alone`(fault: String) async throws {
        let site = try Site()
        defer { site.remove() }
        switch fault {
        case "open": try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: site.key)
        case "another": try Data(try TestCertificate().keyPEM.utf8).write(to: URL(filePath: site.key))
        case "noise": try Data("noise".utf8).write(to: URL(filePath: site.key))
        case "pipe":
            try FileManager.default.removeItem(atPath: site.key)
            #expect(mkfifo(site.key, 0o600) == 0)
        default: try FileManager.default.removeItem(atPath: site.key)
        }
        await #expect(throws: ConfigurationProblem.self) { try await site.start() }
        // Nothing was made for a server that does not start.
        #expect(!FileManager.default.fileExists(atPath: "\(site.folder)/data"))
    }
}
