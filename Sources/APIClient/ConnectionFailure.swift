import AsyncHTTPClient
import Glibc
import NIOCore
import NIOPosix

/// Why an exchange failed below HTTP, in the words of a person who looks for the cause.
struct ConnectionFailure: Error, CustomStringConvertible {
    let description: String
    /// False: there was no connection, and the server has seen nothing of the call.
    let mayHaveArrived: Bool

    init(_ error: any Error) {
        mayHaveArrived = !Self.happensBeforeSending(error)
        description =
            switch error {
            case let error as IOError: Self.words(error.errnoCode)
            case let error as NIOConnectionError: Self.words(error)
            case let error as HTTPClientError: Self.words(error)
            case is SocketAddressError.UnknownHost: "its name leads nowhere"
            case is CancellationError: "the call was ended"
            case _ where Self.isOfTLS(error):
                "TLS does not come about: it may speak plain http, or its certificate is not trusted here"
            default: "\(error)"
            }
    }

    /// The library that speaks TLS belongs to another module; its errors are known by their names.
    private static func isOfTLS(_ error: any Error) -> Bool { String(reflecting: type(of: error)).contains("NIOSSL") }

    private static func happensBeforeSending(_ error: any Error) -> Bool {
        switch error {
        // Said by the system when a connection was never made.
        case let error as IOError:
            [ECONNREFUSED, EHOSTUNREACH, ENETUNREACH, ENETDOWN, EADDRNOTAVAIL, ENOENT].contains(error.errnoCode)
        case is NIOConnectionError, is SocketAddressError: true
        case let error as HTTPClientError:
            [
                .connectTimeout, .getConnectionFromPoolTimeout, .tlsHandshakeTimeout, .invalidURL, .emptyHost,
                .emptyScheme,
            ].contains(error)
        default: isOfTLS(error) && "\(error)".contains("handshakeFailed")
        }
    }

    private static func words(_ code: CInt) -> String {
        guard let text = strerror(code) else { return "error \(code)" }
        return String(cString: text).lowercased()
    }

    /// Of a name that leads to several addresses: why the first of them failed.
    private static func words(_ error: NIOConnectionError) -> String {
        guard let first = error.connectionErrors.first else { return "its name leads nowhere" }
        guard let error = first.error as? IOError else { return "\(first.error)" }
        return words(error.errnoCode)
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
