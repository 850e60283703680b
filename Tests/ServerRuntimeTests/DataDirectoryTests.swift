import Glibc
import SecretMaterial
import ServerRuntime
import Testing

@Suite struct DataDirectoryTests {
    @Test func `the directory and its files are ours alone`() async throws {
        try await withTemporaryDirectory { folder in
            let directory = try DataDirectory(opening: "\(folder)/deep/data/")
            #expect(mode(of: "\(folder)/deep/data") == 0o700)
            _ = try directory.signingKey()
            try directory.writePrivately("link\n", to: directory.enrolmentLinkFile)
            #expect(mode(of: directory.signingKeyFile) == 0o600)
            #expect(mode(of: directory.enrolmentLinkFile) == 0o600)
        }
    }

    @Test(arguments: [mode_t(0o750), 0o701, 0o777])
    func `a directory that is open to others is refused`(mode: mode_t) async throws {
        try await withTemporaryDirectory { folder in
            chmod(folder, mode)
            #expect(throws: ConfigurationProblem.self) { try DataDirectory(opening: folder) }
        }
    }

    @Test func `a file in the directory's place is refused`() async throws {
        try await withTemporaryDirectory { folder in
            try write("", to: "\(folder)/data")
            #expect(throws: ConfigurationProblem.self) { try DataDirectory(opening: "\(folder)/data") }
        }
    }

    @Test func `a link in the directory's place is refused`() async throws {
        try await withTemporaryDirectory { folder in
            mkdir("\(folder)/real", 0o700)
            symlink("\(folder)/real", "\(folder)/data")
            #expect(throws: ConfigurationProblem.self) { try DataDirectory(opening: "\(folder)/data") }
        }
    }

    @Test func `the signing key is made once`() async throws {
        try await withTemporaryDirectory { folder in
            let directory = try DataDirectory(opening: folder)
            let first = try directory.signingKey().publicKey.thumbprint
            #expect(try directory.signingKey().publicKey.thumbprint == first)
        }
    }

    @Test func `a signing key that others could read is refused`() async throws {
        try await withTemporaryDirectory { folder in
            let directory = try DataDirectory(opening: folder)
            _ = try directory.signingKey()
            chmod(directory.signingKeyFile, 0o640)
            #expect(throws: ConfigurationProblem.self) { try directory.signingKey() }
        }
    }
}
