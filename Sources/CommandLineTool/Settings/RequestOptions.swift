import ArgumentParser
import CanonicalEncoding
import DomainModel
import WireProtocol

/// What an agent says around an action, and how it is judged afterwards.
struct RequestOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The registered tool, SERVER/NAME.", valueName: "tool"))
    var tool: ToolArgument

    @Option(help: ArgumentHelp("A registered target, where the tool has several.", valueName: "name"))
    var target: String?

    @Option(help: ArgumentHelp("Why: shown to people as your own words.", valueName: "text"))
    var justification: String?

    @Option(help: ArgumentHelp("What you are about to do: shown to people as your own words.", valueName: "text"))
    var plan: String?

    @Option(help: ArgumentHelp("The task that this is part of.", valueName: "id"))
    var task: String?

    @Option(
        name: .customLong("precondition"),
        help: ArgumentHelp("A fact that must still hold: PROVIDER:OF=VALUE. Repeat for several.", valueName: "fact"))
    var preconditions: [PreconditionArgument] = []

    @Option(
        name: .customLong("expect"),
        help: ArgumentHelp("A bound on what is observed: NAME:at_most=VALUE, at_least or equals.", valueName: "bound"))
    var expectations: [ExpectationArgument] = []

    @Option(help: ArgumentHelp("How long the execution may take.", valueName: "span"))
    var deadline: Span?

    @Option(help: ArgumentHelp("A request of yours that this one replaces.", valueName: "id"))
    var supersedes: String?

    func body(arguments: JSONObject, more: [Expectation] = []) throws(CommandFailure) -> OpenRequestBody {
        var superseded: RequestID?
        if let supersedes {
            guard let id = RequestID(Text(supersedes)) else {
                throw RequestOutput.isNoID(supersedes)
            }
            superseded = id
        }
        let action = SubmittedAction(
            server: tool.reference.server, name: tool.reference.name, target: target.map { Text($0) },
            arguments: arguments, preconditions: preconditions.map(\.precondition),
            expectations: expectations.map(\.expectation) + more, deadlineSeconds: deadline?.seconds)
        let context = RequestContext(
            task: task.map { RequestContext.Task(id: Text($0)) }, justification: justification.map { Text($0) },
            plan: plan.map { Text($0) }, supersedes: superseded)
        return OpenRequestBody(action: action, context: context)
    }
}

/// `PROVIDER:OF=VALUE`; the value follows the last `=`.
struct PreconditionArgument: ExpressibleByArgument, Sendable {
    var precondition: Precondition

    init?(argument: String) {
        let bytes = Array(argument.utf8)
        guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")), let equals = bytes.lastIndex(of: UInt8(ascii: "=")),
            colon < equals, let provider = Text(utf8: bytes[..<colon]), !provider.isEmpty,
            let of = Text(utf8: bytes[(colon + 1)..<equals]), !of.isEmpty,
            let value = Text(utf8: bytes[(equals + 1)...])
        else { return nil }
        precondition = Precondition(provider: provider, of: of, value: value)
    }
}

/// `NAME:BOUND=VALUE`.
struct ExpectationArgument: ExpressibleByArgument, Sendable {
    var expectation: Expectation

    init?(argument: String) {
        let bytes = Array(argument.utf8)
        guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")),
            let equals = bytes[colon...].firstIndex(of: UInt8(ascii: "=")), let name = Text(utf8: bytes[..<colon]),
            !name.isEmpty, let word = Text(utf8: bytes[(colon + 1)..<equals]),
            let bound = Expectation.Bound(rawValue: word.string), let value = Text(utf8: bytes[(equals + 1)...]),
            !value.isEmpty, bound == .equals || Int64(value.string) != nil
        else { return nil }
        expectation = Expectation(observation: name, bound: bound, value: value)
    }
}
