import AsyncHTTPClient
import Glibc
import NIOCore

/// Why an exchange failed below HTTP, in the words of a person who looks for the cause.
struct ConnectionFailure: Error, CustomStringConvertible {
    let description: String

    init(_ error: any Error) {
        description =
            switch error {
            case let error as IOError: Self.words(error.errnoCode)
            case let error as HTTPClientError: Self.words(error)
            case is SocketAddressError.UnknownHost: "its name leads nowhere"
            case is CancellationError: "the call was ended"
            // The library that speaks TLS belongs to another module; its errors are known by their names.
            case _ where String(reflecting: type(of: error)).contains("NIOSSL"):
                "TLS does not come about: it may speak plain http, or its certificate is not trusted here"
            default: "\(error)"
            }
    }

    private static func words(_ code: CInt) -> String {
        guard let text = strerror(code) else { return "error \(code)" }
        return String(cString: text).lowercased()
    }

    private static func words(_ error: HTTPClientError) -> String {
        switch error {
        case .connectTimeout: "no connection within ten seconds"
        case .deadlineExceeded, .readTimeout: "no answer in time"
        case .remoteConnectionClosed: "it closed the connection"
        case .invalidURL, .emptyHost, .emptyScheme: "that is no address"
        case .tlsHandshakeTimeout: "TLS does not come about in time"
        default: error.description
        }
    }
}
