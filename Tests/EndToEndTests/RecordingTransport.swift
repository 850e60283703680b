import APIClient
import Foundation
import Synchronization

/// Real exchanges, of which it keeps what a test looks into.
final class RecordingTransport: HTTPTransport, Sendable {
    private struct Kept {
        var credentials: Set<String> = []
        var refusals: [[UInt8]] = []
    }

    private let kept = Mutex(Kept())

    /// What stood in `authorization` without its scheme.
    var credentials: Set<String> { kept.withLock { $0.credentials } }
    /// Bodies and header fields of answers of 400 and above.
    var refusals: [[UInt8]] { kept.withLock { $0.refusals } }

    func exchange(_ request: TransportRequest) async throws -> TransportResponse {
        let response = try await AsyncHTTPTransport().exchange(request)
        kept.withLock { kept in
            for header in request.headers where header.name == "authorization" {
                kept.credentials.formUnion(header.value.split(separator: " ").dropFirst().map(String.init))
            }
            guard response.status >= 400 else { return }
            let fields = response.headers.map { "\($0.name): \($0.value)\n" }.joined()
            kept.refusals.append(Array(fields.utf8) + response.body)
        }
        return response
    }
}
