import AuthorityCore
import Hummingbird
import Metrics

/// The local listener: whether we live, whether we can answer, and our counts. No authority, no names.
struct HealthEndpoints: Sendable {
    var authority: Authority
    var readiness: Readiness
    var registry: MetricsRegistry

    func router() -> Router<BasicRequestContext> {
        let router = Router()
        router.get("livez") { _, _ in Self.text("ok\n") }
        router.get("readyz") { [self] _, _ in await ready() }
        router.get("metrics") { [registry] _, _ in Self.text(registry.prometheusText) }
        return router
    }

    /// Ready: every listener is bound, and the store answers.
    private func ready() async -> Response {
        guard readiness.isReady else { return Self.text("starting\n", status: .serviceUnavailable) }
        do {
            _ = try await authority.hasAdministrator()
            return Self.text("ready\n")
        } catch {
            return Self.text("the store does not answer\n", status: .serviceUnavailable)
        }
    }

    private static func text(_ text: String, status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status,
            headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }
}
