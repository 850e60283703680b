package import AuthorityCore
package import Hummingbird
import HTTPTypes
import WireProtocol

/// The agents' plane over HTTP (`planes.md`): decode, call a use case, encode. It decides nothing.
package struct AgentPlane {
    /// Every route of `AgentRoute`, behind the envelope that all answers share. The composition may add routes of other rooms.
    package let router: Router<AgentContext>

    package init(authority: Authority) {
        self.init(useCases: AuthorityUseCases(authority))
    }

    package init(useCases: some AgentUseCases) {
        let router = Router(context: AgentContext.self)
        router.add(middleware: AgentEnvelope(useCases: useCases))
        let calls = AgentCalls(useCases: useCases)
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
}
