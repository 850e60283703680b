package import AuthorityCore
package import CanonicalEncoding
package import HTTPTypes
package import Hummingbird
package import NIOCore
import WireProtocol

/// The agents' plane over HTTP (`planes.md`): decode, call a use case, encode. It decides nothing.
package struct AgentPlane {
    /// Every route of `AgentRoute`, behind the envelope that all answers share. The composition may add routes of other rooms.
    package let router: Router<AgentContext>

    /// Under what name an address is counted, given the call's headers: the composition knows of proxies.
    package typealias PeerName = @Sendable (SocketAddress?, HTTPFields) -> Text

    package init(authority: Authority, limits: CallLimits, peerName: @escaping PeerName = Self.address) {
        self.init(useCases: AuthorityUseCases(authority), limits: limits, peerName: peerName)
    }

    package init(useCases: some AgentUseCases, limits: CallLimits, peerName: @escaping PeerName = Self.address) {
        let router = Router(context: AgentContext.self)
        router.add(middleware: AgentEnvelope(useCases: useCases))
        let calls = AgentCalls(useCases: useCases, limits: limits, peerName: peerName)
        for route in AgentRoute.allCases where route != .readRequest {
            router.on(
                RouterPath(route.path), method: HTTPRequest.Method(route.method.rawValue) ?? .get
            ) { request, context in
                try await calls.answer(route, request, context)
            }
        }
        router.get(RouterPath(AgentRoute.readRequest.path)) { request, context in
            try await calls.read(request, context)
        }
        self.router = router
    }

    /// The address itself: whoever holds the other end of the connection.
    package static let address: PeerName = { address, _ in Text(address?.ipAddress ?? "") }
}
