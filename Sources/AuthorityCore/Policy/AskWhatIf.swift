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
    /// The change that proposes the set that is asked; empty is the set in force.
    package let change: Text
    /// When it is asked, as RFC 3339; empty is now.
    package let time: Text
    /// How many minutes before that its people have approved; empty: they have not.
    package let approvedMinutes: Text

    package init(
        agent: Text, tool: Text, target: Text, arguments: Text, change: Text = "", time: Text = "",
        approvedMinutes: Text = ""
    ) {
        self.agent = agent
        self.tool = tool
        self.target = target
        self.arguments = arguments
        self.change = change
        self.time = time
        self.approvedMinutes = approvedMinutes
    }
}

/// What a set says to an imagined request.
package struct WhatIfAnswer: Sendable {
    /// What the approval that was imagined came to.
    package enum Approval: Sendable {
        /// Nobody imagined one.
        case none
        /// Nobody is asked, so it changes nothing.
        case unneeded
        /// Its votes no longer count at that time.
        case lapsed(ApprovalRequirement)
        case given(ApprovalRequirement)
    }

    package let tier: Tier
    package let reasons: [PolicyReason]
    package let requirement: ApprovalRequirement?
    /// Why not; only of denials.
    package let endReason: EndReason?
    package let action: Action
    package let approval: Approval

    // A page's sample is made by hand.
    package init(
        tier: Tier, reasons: [PolicyReason], requirement: ApprovalRequirement?, endReason: EndReason?, action: Action,
        approval: Approval = .none
    ) {
        self.tier = tier
        self.reasons = reasons
        self.requirement = requirement
        self.endReason = endReason
        self.action = action
        self.approval = approval
    }

    init(_ verdict: Verdict, _ action: Action, _ approval: Approval) {
        self.init(
            tier: verdict.tier, reasons: verdict.reasons, requirement: verdict.requirement,
            endReason: verdict.endReason, action: action, approval: approval)
    }
}

/// Asks policy as a request would: the set in force or one that is proposed, now or at another time, and with the approval that
/// it asks for. Nothing is written, nobody is told.
package struct AskWhatIf: Sendable {
    let authority: Authority

    package init(_ authority: Authority) {
        self.authority = authority
    }

    /// For whoever signed in, as the set and the inventory are.
    package func run(_ viewer: Viewer, _ question: WhatIfQuestion) async throws(AuthorityError) -> WhatIfAnswer {
        let arguments = try Self.arguments(question.arguments)
        for name in [question.agent, question.tool, question.target, question.change, question.time] {
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
        let moment = try Moment(question, now: authority.now, epoch: authority.store.epoch)
        return try await authority.read { reader in
            guard let id = AgentID(question.agent), let agent = try reader.agent(id) else {
                throw AuthorityError(.unknownName, "There is no such agent.", hint: "Choose one of the list.")
            }
            let set = try Self.set(question.change, authority: authority, reader: reader)
            return try Self.answer(submitted, agent: agent, set, at: moment, reader: reader)
        }
    }

    /// The set in force, or what a change proposes.
    private static func set(_ change: Text, authority: Authority, reader: any StoreReader) throws -> PolicySet? {
        if change.isEmpty { return try authority.policies.inForce(reader) }
        guard let proposal = try ChangeID(change).flatMap({ try reader.change($0) }),
            case .loadPolicy(let source, _) = proposal.change
        else {
            throw AuthorityError(.unknownName, "No change proposes that set.", hint: "Choose one of the list.")
        }
        do {
            return try PolicySet(source: source, groups: nil)
        } catch {
            throw AuthorityError(.policyInvalid, "That set cannot be loaded: \(error).")
        }
    }

    /// When it is asked, and since when its people have approved.
    private struct Moment {
        let now: Timestamp
        let epoch: Int64
        let approvedAt: Timestamp?

        init(_ question: WhatIfQuestion, now: Timestamp, epoch: Int64) throws(AuthorityError) {
            self.epoch = epoch
            if question.time.isEmpty {
                self.now = now
            } else {
                guard let time = Timestamp(rfc3339: question.time.string) else {
                    throw AuthorityError(
                        .invalidValue, "The time is not written as RFC 3339.", hint: "Write 2026-11-21T08:00:00Z.")
                }
                self.now = time
            }
            if question.approvedMinutes.isEmpty {
                approvedAt = nil
            } else {
                guard let minutes = Int64(question.approvedMinutes.string), (0...129_600).contains(minutes) else {
                    throw AuthorityError(
                        .invalidValue, "The minutes since the approval are no number from 0 to 129600.")
                }
                approvedAt = self.now.adding(seconds: -60 * minutes)
            }
        }
    }

    private static func answer(
        _ submitted: SubmittedAction, agent: Agent, _ set: PolicySet?, at moment: Moment, reader: any StoreReader
    ) throws -> WhatIfAnswer {
        let normalized = try NormalizedAction(submitted, registry: StoredRegistry(reader: reader))
        let submission = Submission(
            agent: agent.id, keyThumbprint: "", proof: .dpop, action: normalized.action, context: RequestContext(),
            epoch: moment.epoch, createdAt: moment.now)
        let question = PolicyQuestion(submission: submission, agent: agent, tool: normalized.tool, at: moment.now)
        let verdict = try Judgement.verdict(question, set: set, reader: reader)
        guard let approvedAt = moment.approvedAt else { return WhatIfAnswer(verdict, normalized.action, .none) }
        guard let requirement = verdict.requirement else {
            return WhatIfAnswer(verdict, normalized.action, .unneeded)
        }
        // The workflow shows policy no approval whose votes have lapsed.
        guard moment.now < approvedAt.adding(seconds: requirement.voteSeconds),
            let approval = PolicySet.approval(meeting: requirement, at: approvedAt)
        else { return WhatIfAnswer(verdict, normalized.action, .lapsed(requirement)) }
        let granted = try Judgement.verdict(question, set: set, approval: approval, reader: reader)
        return WhatIfAnswer(granted, normalized.action, .given(requirement))
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
