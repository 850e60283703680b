import AuthorityCore
import CanonicalEncoding
import Glibc
import Logging
import ServiceLifecycle

/// Says that the first enrolment waits, and removes the file with its link when it was used or its time is over.
struct EnrolmentLinkService: Service {
    var authority: Authority
    var directory: DataDirectory
    /// When the authority stops taking the link.
    var expiresAt: Timestamp
    var logger: Logger

    func run() async throws {
        logger.notice(
            "Nobody has enrolled yet: the first administrator opens the link in this file within fifteen minutes.",
            metadata: ["file": "\(directory.enrolmentLinkFile)"])
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
