import CanonicalEncoding
import Foundation
import SecretMaterial
import Synchronization
import Testing

struct KeyFileTests {
    /// A folder of its own, open to nobody else, gone when the test is over.
    private func inFolder(_ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("keys-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try body(folder)
    }

    private func refusal(reading path: String) -> KeyFileError.Reason? {
        do {
            _ = try KeyFile.read(from: path)
            return nil
        } catch {
            #expect(error.path == path)
            #expect(path.isEmpty || error.description.contains(path))
            return error.reason
        }
    }

    private func refusal(writing path: String) -> KeyFileError.Reason? {
        do {
            try KeyFile.write(SigningKey(generating: .ed25519), to: path)
            return nil
        } catch {
            return error.reason
        }
    }

    @Test(arguments: SignatureAlgorithm.allCases)
    func `a key is read back as it was written, by us alone`(algorithm: SignatureAlgorithm) throws {
        try inFolder { folder in
            let key = SigningKey(generating: algorithm)
            try KeyFile.write(key, to: "\(folder)/agent.jwk")
            #expect(try KeyFile.read(from: "\(folder)/agent.jwk").publicKey == key.publicKey)
            let attributes = try FileManager.default.attributesOfItem(atPath: "\(folder)/agent.jwk")
            #expect(attributes[.posixPermissions] as? Int == 0o600)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["agent.jwk"])
            try FileManager.default.setAttributes([.posixPermissions: 0o400], ofItemAtPath: "\(folder)/agent.jwk")
            #expect(refusal(reading: "\(folder)/agent.jwk") == nil)
        }
    }

    @Test(arguments: [0, 0o022, 0o277, 0o777] as [mode_t])
    func `the umask changes nothing`(mask: mode_t) throws {
        try inFolder { folder in
            let written = Mutex(false)
            let done = DispatchSemaphore(value: 0)
            // A thread with a umask of its own, so that no other test sees it.
            let thread = Thread {
                if Self.unshareFileSystemState() {
                    umask(mask)
                    let isWritten = (try? KeyFile.write(SigningKey(generating: .es256), to: "\(folder)/key")) != nil
                    written.withLock { $0 = isWritten }
                }
                done.signal()
            }
            thread.start()
            done.wait()
            #expect(written.withLock { $0 })
            let attributes = try FileManager.default.attributesOfItem(atPath: "\(folder)/key")
            #expect(attributes[.posixPermissions] as? Int == 0o600)
        }
    }

    /// `unshare(CLONE_FS)`, which the system's Swift overlay does not show: this thread's umask is its own from here on.
    private static func unshareFileSystemState() -> Bool {
        guard let symbol = dlsym(dlopen(nil, RTLD_NOW), "unshare") else { return false }
        return unsafeBitCast(symbol, to: (@convention(c) (CInt) -> CInt).self)(0x200) == 0
    }

    @Test func `nothing is ever written over`() throws {
        try inFolder { folder in
            let path = "\(folder)/key"
            try Data("precious".utf8).write(to: URL(fileURLWithPath: path))
            #expect(refusal(writing: path) == .alreadyExists)
            #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == Data("precious".utf8))
            try FileManager.default.createSymbolicLink(
                atPath: "\(folder)/link", withDestinationPath: "\(folder)/elsewhere")
            #expect(refusal(writing: "\(folder)/link") == .alreadyExists)
            #expect(!FileManager.default.fileExists(atPath: "\(folder)/elsewhere"))
        }
    }

    @Test(arguments: [0o770, 0o702, 0o720, 0o777, 0o1777])
    func `a directory in which others may write is refused`(mode: Int) throws {
        try inFolder { folder in
            try KeyFile.write(SigningKey(generating: .ed25519), to: "\(folder)/key")
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: folder)
            #expect(refusal(reading: "\(folder)/key") == .directoryWritableByOthers)
            #expect(refusal(writing: "\(folder)/other") == .directoryWritableByOthers)
            #expect(!FileManager.default.fileExists(atPath: "\(folder)/other"))
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder)
            #expect(refusal(reading: "\(folder)/key") == nil)
        }
    }

    @Test(arguments: [0o640, 0o604, 0o610, 0o601, 0o660, 0o644, 0o602])
    func `a file with any permission for others is refused`(mode: Int) throws {
        try inFolder { folder in
            try KeyFile.write(SigningKey(generating: .ed25519), to: "\(folder)/key")
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: "\(folder)/key")
            #expect(refusal(reading: "\(folder)/key") == .fileOpenToOthers)
        }
    }

    @Test(.enabled(if: geteuid() == 0, "only root can give files away"))
    func `a file or directory of somebody else is refused`() throws {
        try inFolder { folder in
            try KeyFile.write(SigningKey(generating: .ed25519), to: "\(folder)/key")
            #expect(chown("\(folder)/key", 12_345, 12_345) == 0)
            #expect(refusal(reading: "\(folder)/key") == .ownedBySomebodyElse)
            #expect(chown("\(folder)/key", 0, 0) == 0)
            #expect(chown(folder, 12_345, 12_345) == 0)
            #expect(refusal(reading: "\(folder)/key") == .ownedBySomebodyElse)
            #expect(refusal(writing: "\(folder)/other") == .ownedBySomebodyElse)
        }
    }

    @Test func `what is no regular file is refused without waiting for it`() throws {
        try inFolder { folder in
            try KeyFile.write(SigningKey(generating: .ed25519), to: "\(folder)/key")
            try FileManager.default.createSymbolicLink(atPath: "\(folder)/link", withDestinationPath: "\(folder)/key")
            #expect(refusal(reading: "\(folder)/link") == .notARegularFile)
            #expect(mkfifo("\(folder)/fifo", 0o600) == 0)
            #expect(refusal(reading: "\(folder)/fifo") == .notARegularFile)
            try FileManager.default.createDirectory(atPath: "\(folder)/folder", withIntermediateDirectories: false)
            #expect(refusal(reading: "\(folder)/folder") == .notARegularFile)
            #expect(refusal(reading: "\(folder)/absent") == .notFound)
            #expect(refusal(reading: "\(folder)/absent/key") == .notFound)
            for path in ["", "\(folder)/", "\(folder)/.", "\(folder)/..", "\(folder)/key\u{0}"] {
                #expect(refusal(reading: path) == .invalidPath)
                #expect(refusal(writing: path) == .invalidPath)
            }
        }
    }

    @Test func `a file without a whole key is refused`() throws {
        try inFolder { folder in
            let whole = SigningKey(generating: .es256).privateJWK.withUnredacted { CanonicalJSON.encode($0) }
            let contents: [[UInt8]] = [
                [], Array("{}".utf8), Array(whole.dropLast()), whole + whole, [0xFF],
                [UInt8](repeating: 0x20, count: 10_000),
                Array(CanonicalJSON.encode(SigningKey(generating: .es256).publicKey.json)),
            ]
            for (index, content) in contents.enumerated() {
                let path = "\(folder)/key\(index)"
                #expect(
                    FileManager.default.createFile(
                        atPath: path, contents: Data(content), attributes: [.posixPermissions: 0o600]))
                #expect(refusal(reading: path) == .notAKey)
            }
            let path = "\(folder)/good"
            #expect(
                FileManager.default.createFile(
                    atPath: path, contents: Data(whole), attributes: [.posixPermissions: 0o600]))
            #expect(refusal(reading: path) == nil)
        }
    }
}
