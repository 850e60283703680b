import AuthorityCore
import CanonicalEncoding
import HTTPTypes
import Hummingbird
import WireProtocol

/// What a call must be before anything is done for it: meant for this plane, at the configured origin, and for whatever
/// changes something, sent by one of our own pages.
struct PlaneGuard: Sendable {
    /// As configured: never taken from a header.
    let origin: Text
    private let host: PublicAuthority

    init(origin: Text) {
        self.origin = origin
        host = PublicAuthority(url: origin)
    }

    var isSecure: Bool { origin.utf8.starts(with: "https:".utf8) }

    /// Workload identities are refused here, before anything else is looked at (requirement O2).
    func admit(_ request: Request) throws(AuthorityError) {
        guard !request.headers.contains(.authorization), !request.headers.contains(.dpop) else {
            throw AuthorityError(
                .wrongPlane, "This address is for people; a workload's credential is refused here.",
                hint: "Agents use the agents' plane.")
        }
        guard host.isNamed(by: request.head.authority) else {
            throw AuthorityError(
                .misdirected, "The console does not answer under this host name.",
                hint: "Open it at its configured address.", context: "host \(request.head.authority ?? "none")")
        }
    }

    /// A page of our own sent it: `Origin` says so, and where browsers send `Sec-Fetch-Site`, it says so as well.
    func admitChange(_ request: Request) throws(AuthorityError) {
        let origins = request.headers[values: .origin]
        guard origins.count == 1, let first = origins.first, Text(first) == origin else {
            throw Self.foreign("origin \(origins)")
        }
        let sites = request.headers[values: .secFetchSite]
        guard sites.allSatisfy({ Text($0) == "same-origin" }) else { throw Self.foreign("site \(sites)") }
        let types = request.headers[values: .contentType]
        guard types.count == 1, let type = types.first, Self.isJSON(type) else {
            throw AuthorityError(.unsupportedMediaType, "The body has to be application/json.")
        }
    }

    private static func foreign(_ context: String) -> AuthorityError {
        AuthorityError(
            .originRefused, "The call does not come from one of the console's own pages.",
            hint: "Open the console at its configured address.", context: context)
    }

    private static func isJSON(_ type: String) -> Bool {
        let essence = type.utf8.prefix { $0 != UInt8(ascii: ";") && $0 != UInt8(ascii: " ") }
        return essence.elementsEqual("application/json".utf8)
    }
}

/// Fields that HTTPTypes does not name; every spelling is a legal token, so none of them is ever nil.
extension HTTPField.Name {
    static let dpop = named("DPoP")
    static let requestID = named("X-Request-Id")
    static let secFetchSite = named("Sec-Fetch-Site")
    static let referrerPolicy = named("Referrer-Policy")
    static let openerPolicy = named("Cross-Origin-Opener-Policy")
    static let resourcePolicy = named("Cross-Origin-Resource-Policy")
    static let embedderPolicy = named("Cross-Origin-Embedder-Policy")
    static let permissionsPolicy = named("Permissions-Policy")
    static let frameOptions = named("X-Frame-Options")

    private static func named(_ name: String) -> HTTPField.Name {
        HTTPField.Name(name) ?? .connection
    }
}
