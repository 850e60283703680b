import AsyncHTTPClient
package import CanonicalEncoding
import NIOCore
import NIOHTTP1

/// A call whose answer is read as it comes, and whose body is not ours to understand.
package struct StreamedCall: Sendable {
    package enum Method: String, Sendable {
        case get = "GET"
        case post = "POST"
        case delete = "DELETE"
    }

    package var method: Method
    /// Without a query: what the proof names.
    package var path: String
    /// Beside the proof and the token; names in lower case.
    package var headers: [(name: String, value: String)]
    package var body: [UInt8]
    /// Making it twice does no more than making it once: then it is made again where an answer was lost.
    package var isRepeatable: Bool
    /// How long to go on trying; nil leaves it to the client.
    package var patience: Duration?

    package init(
        _ method: Method, path: String, headers: [(name: String, value: String)], body: [UInt8] = [],
        isRepeatable: Bool = false, patience: Duration? = nil
    ) {
        self.method = method
        self.path = path
        self.headers = headers
        self.body = body
        self.isRepeatable = isRepeatable
        self.patience = patience
    }
}

/// What such a call is answered. Its body has to be read or dropped at once: the connection waits for it.
package struct StreamedAnswer: Sendable {
    package let status: Int
    /// Names in lower case.
    package let headers: [(name: String, value: String)]
    private let body: HTTPClientResponse.Body

    init(_ response: HTTPClientResponse) {
        status = Int(response.status.code)
        headers = response.headers.map { (name: $0.name.lowercased(), value: $0.value) }
        body = response.body
    }

    /// The first field of that name, which is given in lower case.
    package subscript(name: String) -> Text? {
        headers.first { $0.name.utf8.elementsEqual(name.utf8) }.map { Text($0.value) }
    }

    /// The whole body.
    package func whole(upTo limit: Int) async throws(ClientError) -> [UInt8] {
        do {
            let buffer = try await body.collect(upTo: limit)
            return Array(buffer.readableBytesView)
        } catch is NIOTooManyBytesError {
            throw .unexpected("The answer is larger than \(limit) bytes.")
        } catch { throw Self.lost(error) }
    }

    /// Piece by piece, until the body ends or `take` throws.
    package func eachPiece(_ take: ([UInt8]) throws(ClientError) -> Void) async throws(ClientError) {
        do {
            for try await buffer in body { try take(Array(buffer.readableBytesView)) }
        } catch let error as ClientError { throw error } catch { throw Self.lost(error) }
    }

    private static func lost(_ error: any Error) -> ClientError {
        .lost("The connection broke in the middle of the answer: \(ConnectionFailure(error)).")
    }
}
