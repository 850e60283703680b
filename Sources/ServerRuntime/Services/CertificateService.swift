import Logging
import ServiceLifecycle

/// Looks once a second whether a plane's certificate was renewed on disk.
struct CertificateService: Service {
    var certificate: ServingCertificate
    var logger: Logger

    func run() async throws {
        try? await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                report(certificate.look())
                try await Task.sleep(for: .seconds(1))
            }
        }
    }

    private func report(_ look: ServingCertificate.Look) {
        switch look {
        case .same: break
        case .renewed:
            logger.info(
                "New connections get the renewed certificate.", metadata: ["file": "\(certificate.files.chainFile)"])
        case .unusable(let problem):
            logger.warning(
                "The renewed certificate is not usable; the earlier one stays in force.",
                metadata: ["reason": "\(problem.problem)", "hint": "\(problem.hint)"])
        }
    }
}
