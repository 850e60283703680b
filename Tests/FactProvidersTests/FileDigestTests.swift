import AuthorityPorts
import CanonicalEncoding
import DomainModel
import FactProviders
import Foundation
import Testing

struct FileDigestTests {
    let folder = Scratch()

    func provider() -> FactProvider {
        FactProvider(name: "files", kind: .fileDigest, location: Text(folder.path + "/inside"))
    }

    func value(_ subject: Text) async throws(FactError) -> Text {
        try await SystemFactReader().value(of: subject, from: provider())
    }

    @Test func `the value is the digest of the file's bytes`() async throws {
        try folder.write("inside/a/b.txt", "abc")
        #expect(try await value("a/b.txt") == Text(Digest(sha256: Array("abc".utf8)).wire))
    }

    @Test func `a file of several chunks has the digest of the whole`() async throws {
        let content = String(repeating: "0123456789", count: 20_000)
        try folder.write("inside/long", content)
        #expect(try await value("long") == Text(Digest(sha256: Array(content.utf8)).wire))
    }

    @Test(arguments: ["", "/etc/passwd", "../outside", "a/../../outside", "a//b", "./a", "a/", "a\0b"])
    func `a path that is not one below the folder is refused`(subject: String) async throws {
        try folder.write("outside", "secret")
        #expect(try await refusal { try await value(Text(subject)) } == .invalidSubject)
    }

    @Test func `a link is not followed, neither as the file nor on the way`() async throws {
        try folder.write("outside/file", "secret")
        try folder.write("inside/here", "")
        try folder.link("inside/file", to: folder.path + "/outside/file")
        try folder.link("inside/way", to: folder.path + "/outside")
        #expect(try await refusal { try await value("file") } == .unreadable)
        #expect(try await refusal { try await value("way/file") } == .unreadable)
    }

    @Test func `what is missing, a folder or a pipe is unreadable and never empty`() async throws {
        try folder.write("inside/folder/file", "")
        #expect(mkfifo(folder.path + "/inside/pipe", 0o600) == 0)
        for subject: Text in ["missing", "folder", "pipe", "folder/file/deeper"] {
            #expect(try await refusal { try await value(subject) } == .unreadable)
        }
    }

    @Test func `a file over 64 MiB is unreadable`() async throws {
        try folder.write("inside/large", "")
        #expect(truncate(folder.path + "/inside/large", (64 << 20) + 1) == 0)
        #expect(try await refusal { try await value("large") } == .unreadable)
        #expect(truncate(folder.path + "/inside/large", 64 << 20) == 0)
        #expect(try await value("large").utf8.starts(with: "sha-256:".utf8))
    }

    @Test func `a reading that takes too long is unreadable`() async throws {
        try folder.write("inside/large", "")
        #expect(truncate(folder.path + "/inside/large", 64 << 20) == 0)
        let impatient = SystemFactReader(limitMilliseconds: 0)
        // The clock and the reader start together; on a busy machine the clock may lose a try, but not every one.
        var refused: FactError.Code?
        for _ in 0..<100 where refused == nil {
            refused = try await refusal { try await impatient.value(of: "large", from: provider()) }
        }
        #expect(refused == .unreadable)
    }
}
