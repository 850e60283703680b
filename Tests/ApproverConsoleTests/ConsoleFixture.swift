@testable import ApproverConsole
import AuthorityCore
import AuthorityPorts
import CanonicalEncoding
import DemoScenario
import DomainModel
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import SQLiteStore
import SecretMaterial
import Testing

/// A console over a real store in a folder of its own, and a browser with an authenticator in front of it.
final class ConsoleFixture: Sendable {
    static let origin = "http://localhost:7421"
    let plane: ConsolePlane
    let authority: Authority
    private let folder: URL

    init(origin: String = ConsoleFixture.origin, limits: CallLimits? = nil) throws {
        let base = FileManager.default.fileExists(atPath: "/dev/shm") ? "/dev/shm" : NSTemporaryDirectory()
        folder = URL(filePath: base).appending(path: "console-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let random = SystemRandom()
        let store = try SQLiteStore.open(directory: folder.appending(path: "data").path, now: Samples.now)
        let settings = AuthoritySettings(
            issuer: "http://127.0.0.1:7420", consoleOrigin: Text(origin), rpID: "localhost")
        authority = try #require(
            Authority(
                settings: settings, store: store, facts: NoFacts(),
                surroundings: Surroundings(now: { Samples.now }, random: { random.bytes($0) }),
                signingKey: SigningKey(generating: .ed25519),
                logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })))
        plane = try ConsolePlane(
            authority: authority, limits: limits ?? CallLimits { Samples.now },
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    /// What a browser would send to that route, without a session.
    func call(
        _ method: HTTPRequest.Method, _ path: String, _ fields: HTTPFields = [:], body: JSONValue? = nil,
        from address: SocketAddress? = nil
    ) async -> Answer {
        var headers: HTTPFields = [:]
        if method == .post {
            headers[.origin] = Self.origin
            headers[.contentType] = "application/json"
            headers[.secFetchSite] = "same-origin"
        }
        for field in fields { headers[field.name] = field.value.isEmpty ? nil : field.value }
        let head = HTTPRequest(
            method: method, scheme: "http", authority: "localhost:7421", path: path, headerFields: headers)
        return await answer(
            head, body: body.map { CanonicalJSON.encode($0) } ?? (method == .post ? Array("{}".utf8) : []),
            from: address)
    }

    func answer(_ head: HTTPRequest, body: [UInt8] = [], from address: SocketAddress? = nil) async -> Answer {
        let response = await plane.answer(
            Request(head: head, body: RequestBody(buffer: ByteBuffer(bytes: body))), from: address)
        return await Answer(response)
    }

    /// A digest of the store's files; the shared-memory index is no content.
    func stateOfStore() throws -> Digest {
        let data = folder.appending(path: "data")
        let names = try FileManager.default.contentsOfDirectory(atPath: data.path).sorted()
        var bytes: [UInt8] = []
        for name in names where !name.hasSuffix("-shm") {
            bytes += Array(name.utf8) + [UInt8](try Data(contentsOf: data.appending(path: name)))
        }
        return Digest(sha256: bytes)
    }

    /// Enrols the first administrator and returns the session's cookie.
    func enrolled() async throws -> HTTPFields {
        var authenticator = SoftwareAuthenticator()
        let link = try await authority.openFirstLink()
        let token = link.utf8.split(separator: UInt8(ascii: "#")).last.map { String(decoding: $0, as: UTF8.self) } ?? ""
        let begun = await call(.post, "/api/enrolment/begin", body: ["token": "\(token)"])
        let options = try #require(begun.json?["options"])
        let credential = try authenticator.create(options: options, origin: Text(Self.origin))
        let finished = await call(
            .post, "/api/enrolment/finish",
            body: ["token": "\(token)", "ceremony": begun.json?["ceremony"] ?? .null, "credential": credential])
        let cookie = try #require(finished.headers[.setCookie])
        return [.cookie: String(cookie.prefix { $0 != ";" })]
    }
}

extension Authority {
    fileprivate func openFirstLink() async throws -> String {
        let link = try await OpenFirstEnrolment(self).run(
            person: Samples.name("alice"), name: "Alice Example", groups: [Samples.name("dba")])
        return try #require(link).withUnredacted { $0.string }
    }
}

/// An answer, read whole. Streams are not read: they have no end.
struct Answer: Sendable {
    let status: Int
    let headers: HTTPFields
    let body: [UInt8]

    init(_ response: Response) async {
        status = response.status.code
        headers = response.headers
        let isStream = Text(response.headers[.contentType] ?? "").contains("event-stream")
        let sink = ByteSink()
        if !isStream { try? await response.body.write(sink) }
        body = sink.bytes
    }

    var json: JSONValue? { try? JSONReader.read(body) }
    var text: Text { Text(String(decoding: body, as: UTF8.self)) }
}

/// Collects what a response writes.
private final class ByteSink: ResponseBodyWriter, @unchecked Sendable {
    var bytes: [UInt8] = []

    func write(_ buffer: ByteBuffer) async throws { bytes += Array(buffer: buffer) }
    func finish(_ trailingHeaders: HTTPFields?) async throws {}
}

private struct NoFacts: FactReader {
    func value(of subject: Text, from provider: FactProvider) async throws(FactError) -> Text {
        throw FactError(code: .unreadable, detail: "no facts in this test")
    }
}
