import Hummingbird
import HummingbirdCore
import HummingbirdTLS
import Logging
import NIOCore
import ServiceLifecycle

/// Makes the service behind one address. Planes share no router, no listener and no connection; HTTP/1.1 alone, so that
/// nothing can be coalesced.
struct PlaneListener {
    var readiness: Readiness
    var logger: Logger

    func service<Responder: HTTPResponder>(
        _ responder: Responder, at address: ListenAddress, certificate: ServingCertificate? = nil
    ) throws -> any Service where Responder.Context: InitializableFromSource<ApplicationRequestContextSource> {
        var server = HTTPServerBuilder.http1(configuration: .init(idleTimeout: .seconds(90)))
        if let certificate { server = try .tls(server, tlsConfiguration: certificate.tlsConfiguration) }
        return application(responder, server, .hostname(address.bindHost, port: address.port)) {}
    }

    func service<Responder: HTTPResponder>(
        _ responder: Responder, atSocket path: String, whenBound: @escaping @Sendable () -> Void
    ) -> any Service where Responder.Context: InitializableFromSource<ApplicationRequestContextSource> {
        application(responder, .http1(), .unixDomainSocket(path: path), whenBound)
    }

    private func application<Responder: HTTPResponder>(
        _ responder: Responder, _ server: HTTPServerBuilder, _ address: BindAddress,
        _ whenBound: @escaping @Sendable () -> Void
    ) -> any Service where Responder.Context: InitializableFromSource<ApplicationRequestContextSource> {
        Application(
            responder: responder, server: server,
            configuration: ApplicationConfiguration(address: address, backlog: 4096),
            onServerRunning: { [readiness] _ in
                whenBound()
                readiness.oneIsBound()
            },
            logger: logger)
    }
}
