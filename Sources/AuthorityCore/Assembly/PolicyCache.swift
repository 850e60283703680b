import ApprovalPolicy
import AuthorityPorts
import CanonicalEncoding
import DomainModel
import Synchronization

/// Keeps the compiled form of the policy set in force. The store says which one that is, in every transaction; this
/// only saves compiling it again.
final class PolicyCache: Sendable {
    private let compiled = Mutex<PolicySet?>(nil)

    init() {}

    /// Nil: no policy set was ever loaded, and everything is denied (invariant S12).
    func inForce(_ reader: any StoreReader) throws -> PolicySet? {
        guard let digest = try reader.policyDigestInForce() else { return nil }
        if let cached = compiled.withLock({ $0 }), cached.digest == digest { return cached }
        guard let version = try reader.policy(digest) else {
            throw StoreError.damaged("the policy set in force is missing")
        }
        // Groups were checked when it was loaded; a group that lost its members since asks in vain and denies nothing.
        let set = try PolicySet(source: version.source, groups: nil)
        guard set.digest == digest else {
            throw StoreError.damaged("the policy set in force does not match its digest")
        }
        compiled.withLock { $0 = set }
        return set
    }
}
