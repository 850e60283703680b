import ApprovalPolicy
import AuthorityPorts
package import CanonicalEncoding
package import DomainModel
import WireProtocol

/// A request that nobody made, as somebody imagines it.
package struct WhatIfQuestion: Sendable {
    /// Bytes of UTF-8 of the arguments: it has to fit into an address.
    package static let greatestArguments = 8192
    /// Bytes of UTF-8 of each name.
    package static let greatestName = 256

    package let agent: Text
    /// `server___tool`.
    package let tool: Text
    /// May be empty where the tool has exactly one target.
    package let target: Text
    /// A JSON object; empty is one without members.
    package let arguments: Text

    package init(agent: Text, tool: Text, target: Text, arguments: Text) {
        self.agent = agent
        self.tool = tool
        self.target = target
        self.arguments = arguments
    }
}

/// What the set in force says to an imagined request.
package struct WhatIfAnswer: Sendable {
    package let tier: Tier
    package let reasons: [PolicyReason]
    package let requirement: ApprovalRequirement?
    /// Why not; only of denials.
    package let endReason: EndReason?
    package let action: Action

    // A page's sample is made by hand.
    package init(
        tier: Tier, reasons: [PolicyReason], requirement: ApprovalRequirement?, endReason: EndReason?, action: Action
    ) {
        self.tier = tier
        self.reasons = reasons
        self.requirement = requirement
        self.endReason = endReason
        self.action = action
    }
}

/// Asks policy as a request would, at this moment and without an approval. Nothing is written, nobody is told.
package struct AskWhatIf: Sendable {
    let authority: Authority

    package init(_ authority: Authority) {
        self.authority = authority
    }

    /// For whoever signed in, as the set and the inventory are.
    package func run(_ viewer: Viewer, _ question: WhatIfQuestion) async throws(AuthorityError) -> WhatIfAnswer {
        let arguments = try Self.arguments(question.arguments)
        for name in [question.agent, question.tool, question.target] {
            guard name.utf8.count <= WhatIfQuestion.greatestName else {
                throw AuthorityError(.invalidValue, "A name is longer than \(WhatIfQuestion.greatestName) bytes.")
            }
        }
        guard let (server, tool) = Self.split(question.tool) else {
            throw AuthorityError(
                .invalidValue, "The tool is not written as server___tool.", hint: "Choose one of the list.")
        }
        let submitted = SubmittedAction(
            server: server, name: tool, target: question.target.isEmpty ? nil : question.target, arguments: arguments)
        let authority = authority
        return try await authority.read { reader in
            guard let id = AgentID(question.agent), let agent = try reader.agent(id) else {
                throw AuthorityError(.unknownName, "There is no such agent.", hint: "Choose one of the list.")
            }
            return try Self.answer(submitted, agent: agent, authority: authority, reader: reader)
        }
    }

    private static func answer(
        _ submitted: SubmittedAction, agent: Agent, authority: Authority, reader: any StoreReader
    ) throws -> WhatIfAnswer {
        let normalized = try NormalizedAction(submitted, registry: StoredRegistry(reader: reader))
        let now = authority.now
        let submission = Submission(
            agent: agent.id, keyThumbprint: "", action: normalized.action, context: RequestContext(),
            epoch: authority.store.epoch, createdAt: now)
        let question = PolicyQuestion(submission: submission, agent: agent, tool: normalized.tool, at: now)
        let set = try authority.policies.inForce(reader)
        let verdict = try Judgement.verdict(question, set: set, reader: reader)
        return WhatIfAnswer(
            tier: verdict.tier, reasons: verdict.reasons, requirement: verdict.requirement,
            endReason: verdict.endReason, action: normalized.action)
    }

    private static func arguments(_ text: Text) throws(AuthorityError) -> JSONObject {
        guard text.utf8.count <= WhatIfQuestion.greatestArguments else {
            throw AuthorityError(
                .payloadTooLarge, "The arguments are longer than \(WhatIfQuestion.greatestArguments) bytes.")
        }
        if text.utf8.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0A || $0 == 0x0D }) { return [:] }
        let value: JSONValue
        do {
            value = try JSONReader.read(Array(text.utf8))
        } catch {
            throw AuthorityError(
                .invalidValue, "The arguments are no JSON that is accepted here: \(error).",
                hint: "Write an object such as {\"amount\": 40}.")
        }
        guard let object = value.objectValue else {
            throw AuthorityError(
                .wrongType, "The arguments are no JSON object.", hint: "Write an object such as {\"amount\": 40}.")
        }
        return object
    }

    /// At the first three underscores: a server's name has none.
    private static func split(_ name: Text) -> (server: Text, tool: Text)? {
        let bytes = Array(name.utf8)
        guard let at = bytes.firstIndex(of: UInt8(ascii: "_")), bytes[at...].starts(with: "___".utf8),
            let server = Text(utf8: bytes[..<at]), let tool = Text(utf8: bytes[(at + 3)...]), !server.isEmpty,
            !tool.isEmpty
        else { return nil }
        return (server, tool)
    }
}
