import AuthorityPorts
import CanonicalEncoding
import DomainModel
import WireProtocol

/// An action completed from the registry, and the tool that it names.
struct NormalizedAction: Sendable {
    /// Nil: not registered, or disabled. The action is then denied, with a resource that says so.
    let tool: RegisteredTool?
    let action: Action

    /// Completes what an agent submitted. What it claims about the target must be equal to what people registered.
    init(_ submitted: SubmittedAction, registry: some RegistryView) throws {
        let registered = try registry.tool(server: submitted.server, name: submitted.name)
        guard let tool = registered, tool.isEnabled else {
            self.tool = nil
            action = Self.unregistered(submitted)
            return
        }
        let target = try Self.target(of: tool, named: submitted.target)
        guard let target else {
            self.tool = nil
            action = Self.unregistered(submitted)
            return
        }
        self.tool = tool
        action = Action(
            tool: tool.reference, resource: target.resource, environment: target.environment,
            arguments: submitted.arguments, preconditions: submitted.preconditions,
            expectations: submitted.expectations,
            deadlineSeconds: submitted.deadlineSeconds ?? tool.defaultDeadlineSeconds)
        guard (1...tool.greatestDeadlineSeconds).contains(action.deadlineSeconds) else {
            throw AuthorityError(
                .invalidValue, "`action.deadline_seconds` must be between 1 and \(tool.greatestDeadlineSeconds).")
        }
        try checkClaims(submitted)
        if tool.kind == .command {
            // Decoded for its checks alone: what is kept is what was sent.
            _ = try CommandInvocation(json: .object(submitted.arguments), path: "action.arguments")
        }
    }

    /// Nil when the tool has no target of that name.
    private static func target(of tool: RegisteredTool, named name: Text?) throws(AuthorityError) -> Target? {
        if let name { return tool.targets.first { $0.name == name } }
        guard tool.targets.count == 1 else {
            throw AuthorityError(
                .targetRequired, "`action.target` is needed: this tool has several targets.")
        }
        return tool.targets.first
    }

    private static func unregistered(_ submitted: SubmittedAction) -> Action {
        let tool = ToolReference(
            server: submitted.server, name: submitted.name, definition: submitted.claimedDefinition)
        return Action(
            tool: tool, resource: ResourceReference(type: "Unregistered", id: submitted.target ?? tool.qualifiedName),
            environment: "unregistered", arguments: submitted.arguments, preconditions: submitted.preconditions,
            expectations: submitted.expectations, deadlineSeconds: submitted.deadlineSeconds ?? 1)
    }

    private func checkClaims(_ submitted: SubmittedAction) throws(AuthorityError) {
        if let claimed = submitted.claimedDefinition, claimed != action.tool.definition {
            throw differs("action.tool.definition")
        }
        if let claimed = submitted.claimedResource, claimed != action.resource { throw differs("action.resource") }
        if let claimed = submitted.claimedEnvironment, claimed != action.environment {
            throw differs("action.environment")
        }
    }

    private func differs(_ path: String) -> AuthorityError {
        AuthorityError(
            .claimedMemberDiffers, "`\(path)` is not what people registered.",
            hint: "Leave it out: the server completes it.")
    }
}

/// The part of the inventory that says what tools there are.
protocol RegistryView {
    func tool(server: Text, name: Text) throws -> RegisteredTool?
}

/// A store's view, for generic code over `any StoreReader`.
struct StoredRegistry: RegistryView {
    let reader: any StoreReader

    func tool(server: Text, name: Text) throws -> RegisteredTool? {
        try reader.tool(server: server, name: name)
    }
}
