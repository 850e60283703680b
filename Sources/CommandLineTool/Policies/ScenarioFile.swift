import ApprovalPolicy
import CanonicalEncoding

/// Scenarios of one file, each with the file's defaults below it.
struct ScenarioFile {
    let scenarios: [PolicyScenario]

    init(_ file: String) throws(CommandFailure) {
        let document = try PolicyDocument.read(file)
        do throws(MemberError) {
            var reader = try MemberReader(document)
            let defaults = try reader.optionalObject("defaults") ?? [:]
            var scenarios: [PolicyScenario] = []
            for (index, item) in try reader.array("scenarios").enumerated() {
                let merged = Self.merge(item, over: .object(defaults))
                scenarios.append(try PolicyScenario(json: merged, path: "scenarios[\(index)]"))
            }
            try reader.finish()
            self.scenarios = scenarios
        } catch {
            throw PolicyFailureText.failure(error, in: file)
        }
    }

    /// Objects member by member, everything else whole.
    private static func merge(_ value: JSONValue, over below: JSONValue) -> JSONValue {
        guard let upper = value.objectValue, var object = below.objectValue else { return value }
        for member in upper.members {
            object[member.name] = object[member.name].map { merge(member.value, over: $0) } ?? member.value
        }
        return .object(object)
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
