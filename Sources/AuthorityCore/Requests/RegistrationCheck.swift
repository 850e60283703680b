import AuthorityPorts
import CanonicalEncoding
import DomainModel

extension Registration {
    /// What people have registered now of the tool and of the providers that the action names.
    init(_ tool: RegisteredTool, for action: Action, reader: any StoreReader) throws {
        self.init(tool: tool.factsDigest, providers: try Self.providers(of: action, reader: reader))
    }

    /// Most actions name none, and then nothing is read.
    static func providers(of action: Action, reader: any StoreReader) throws -> Digest? {
        guard !action.preconditions.isEmpty else { return nil }
        return digest(of: try action.preconditions.compactMap { try reader.factProvider($0.provider) })
    }
}

/// Whether a request stands on what it stood on when it was assessed, policy and people apart (invariant S4): its task, and
/// what people registered of its tool, its target and its providers.
struct RegistrationCheck {
    let reader: any StoreReader

    /// Why the request is stale; nil while it is not.
    func change(under request: ApprovalRequest) throws -> EndReason? {
        let action = request.submission.action
        guard let tool = try reader.tool(server: action.tool.server, name: action.tool.name), tool.isEnabled,
            tool.reference == action.tool, action.deadlineSeconds <= tool.greatestDeadlineSeconds,
            tool.targets.contains(where: { $0.resource == action.resource && $0.environment == action.environment })
        else { return .toolChanged }
        if let registration = request.assessment.registration {
            guard registration.tool == tool.factsDigest else { return .toolChanged }
            let providers = try Registration.providers(of: action, reader: reader)
            guard registration.providers == providers else { return .factChanged }
        }
        let context = request.submission.context
        guard context.task?.parent != nil else { return nil }
        return try TaskChain(of: context, reader: reader).hasEnded ? .taskChanged : nil
    }
}
