import AuthorityCore
import CanonicalEncoding
import Glibc
import Logging
import ServiceLifecycle

/// Removes the file with the first enrolment's link when it was used or its time is over.
struct EnrolmentLinkService: Service {
    var authority: Authority
    var directory: DataDirectory
    var expiresAt: Timestamp
    var logger: Logger

    func run() async throws {
        try? await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                if (try? await authority.hasAdministrator()) == true {
                    logger.info("The first administrator has enrolled.")
                    return
                }
                if authority.now >= expiresAt {
                    logger.warning("Nobody enrolled in time; a restart makes a new link.")
                    return
                }
                try await Task.sleep(for: .seconds(1))
            }
        }
        unlink(directory.enrolmentLinkFile)
    }
}
