package import AuthorityPorts
package import CanonicalEncoding
package import DomainModel
import Foundation
import SQLiteStore

/// What the record says, read past the use cases.
extension AuthorityFixture {
    package struct Missing: Error {}

    package func read<Value: Sendable>(
        _ body: @escaping @Sendable (any StoreReader) throws -> Value
    ) async throws -> Value {
        try await store.read(body)
    }

    /// Writes past the use cases what only other systems bring about.
    package func write(_ body: @escaping @Sendable (any StoreTransaction) throws -> Void) async throws {
        try await store.write("test", body)
    }

    package func request(_ id: RequestID) async throws -> ApprovalRequest {
        guard let request = try await read({ try $0.request(id) }) else { throw Missing() }
        return request
    }

    package func execution(_ id: ExecutionID) async throws -> Execution {
        guard let execution = try await read({ try $0.execution(id) }) else { throw Missing() }
        return execution
    }

    package func votes(on id: RequestID) async throws -> [Vote] {
        try await read { try $0.votes(on: id) }
    }

    package func reviewCauses(of id: RequestID) async throws -> [Review.Cause] {
        try await read { try $0.reviews(limit: 1000).filter { $0.request == id }.map(\.cause) }
    }

    /// Every entry, oldest first.
    package func log() async throws -> [StoredLogEntry] {
        try await read { try $0.logEntries(from: 0, limit: 100_000) }
    }

    /// The entries about one subject, as JSON.
    package func entries(about subject: Text) async throws -> [JSONValue] {
        try await read { try $0.logEntries(subject: subject).map { try JSONReader.read($0.bytes) } }
    }

    /// The entries of one kind, as JSON.
    package func entries(of kind: Text) async throws -> [JSONValue] {
        try await log().map { try JSONReader.read($0.bytes) }.filter { $0["kind"]?.textValue == kind }
    }

    /// Every byte that the store has put on the disk: the database, its journal, the anchor.
    package func storedBytes() throws -> [[UInt8]] {
        try ["data/countersign.sqlite", "data/countersign.sqlite-wal", "anchor"]
            .map { "\(directory)/\($0)" }
            .filter { FileManager.default.fileExists(atPath: $0) }
            .map { Array(try Data(contentsOf: URL(filePath: $0))) }
    }

    /// A file beside the store, for preconditions; returns the path of its folder.
    @discardableResult
    package func writeFile(_ name: String, _ content: String) throws -> Text {
        let folder = "\(directory)/facts"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try Data(content.utf8).write(to: URL(filePath: "\(folder)/\(name)"))
        return Text(folder)
    }
}
