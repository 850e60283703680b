package import AuthorityPorts
package import CanonicalEncoding
import Glibc
import SecretMaterial

/// The clock and the generator of this host: the only place of the server that reads them.
package enum SystemSurroundings {
    /// Wall-clock time in whole milliseconds. It can jump; what compares it with a stored time says what follows.
    package static var now: Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
    }

    package static let surroundings = Surroundings(
        now: { now }, random: { SystemRandom().bytes($0) })
}
