import ApprovalPolicy
import CanonicalEncoding

/// Scenarios of one file, each with the file's defaults below it.
struct ScenarioFile {
    /// As it is kept with a set.
    let document: JSONValue
    let scenarios: PolicyScenarios

    init(_ file: String) throws(CommandFailure) {
        document = try PolicyDocument.read(file)
        do throws(MemberError) { scenarios = try PolicyScenarios(json: document) } catch {
            throw PolicyFailureText.failure(error, in: file)
        }
    }
}

/// What is wrong with a document that somebody wrote by hand.
enum PolicyFailureText {
    static func failure(_ error: MemberError, in file: String) -> CommandFailure {
        let what =
            switch error.code {
            case .missingMember: "is missing"
            case .unknownMember: "is no member that there is"
            case .wrongType: "has the wrong type"
            case .invalidValue: "has a value that it cannot have"
            case .numberOutOfProfile: "is a number that no action may hold"
            }
        return CommandFailure(
            "\(file): `\(error.path)` \(what).", hint: "docs/guides/writing-policy.md lists the members of a request.")
    }
}
