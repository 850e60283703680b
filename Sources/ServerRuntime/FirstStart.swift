import AuthorityCore
import CanonicalEncoding
import DomainModel
import SecretMaterial

/// What happens until the first administrator has enrolled: the link goes into a file that its user alone can read, and an
/// initial policy set may be put in force.
struct FirstStart: Sendable {
    var authority: Authority
    var configuration: ServerConfiguration
    var directory: DataDirectory

    /// Whether there is a link; false when an administrator exists.
    func prepare() async throws -> Bool {
        let first = configuration.firstAdministrator
        let link = try await OpenFirstEnrolment(authority)
            .run(person: first.person, name: first.person.text, groups: first.groups)
        guard let link else { return false }
        try link.withUnredacted { try directory.writePrivately("\($0)\n", to: directory.enrolmentLinkFile) }
        if let file = configuration.policyFile { try await load(file) }
        return true
    }

    private func load(_ file: String) async throws {
        guard try await ReadInventory(authority).runForOperator().policy == nil else { return }
        guard let source = directory.text(of: file) else {
            throw ConfigurationProblem(
                "The policy file \(file) cannot be read.", hint: "Name a Cedar file with --policy, or leave it out.")
        }
        do {
            try await SeedInstallation(authority).run([.loadPolicy(source: Text(source))], by: "setup")
        } catch {
            throw ConfigurationProblem(
                "The policy file \(file) is not loaded: \(error.detail)",
                hint: error.hint ?? "countersign policy check \(file) says more.")
        }
    }
}
