import AuthorityCore
import CanonicalEncoding
import DomainModel

/// The what-if form as it was filled in, and what came of it.
struct WhatIfModel: Sendable {
    struct Choice: Sendable {
        let value: String
        let label: String
        let isChosen: Bool
    }

    struct Reason: Sendable {
        let policy: String
        let text: String
    }

    struct Answer: Sendable {
        let tag: Tag
        let line: String
        /// What the imagined approval came to.
        let approval: String?
        let reasons: [Reason]
        let rows: [RowModel]
    }

    let agents: [Choice]
    let tools: [Choice]
    /// The set in force and those that are proposed.
    let sets: [Choice]
    let target: String
    let arguments: String
    let time: String
    let approved: String
    let answer: Answer?
    /// Why there is no answer.
    let refusal: String?

    init(
        _ inventory: Inventory, _ proposals: [ChangeProposal] = [], question: WhatIfQuestion?,
        outcome: Result<WhatIfAnswer, AuthorityError>?
    ) {
        sets =
            [Choice(value: "", label: "in force", isChosen: question?.change.isEmpty ?? true)]
            + proposals.map {
                Choice(
                    value: $0.id.description, label: "proposed by \(shown($0.proposedBy)) (\($0.id))",
                    isChosen: $0.id.text == question?.change)
            }
        time = question?.time.string ?? ""
        approved = question?.approvedMinutes.string ?? ""
        agents = inventory.agents.map {
            Choice(
                value: $0.id.description, label: $0.id.description, isChosen: $0.id.text == question?.agent)
        }
        tools = inventory.tools.map { tool in
            let name = tool.reference.qualifiedName
            let targets = tool.targets.map { shown($0.name) }.joined(separator: ", ")
            return Choice(
                value: name.string, label: "\(shown(name)) (\(targets))", isChosen: name == question?.tool)
        }
        target = question?.target.string ?? ""
        arguments = question?.arguments.string ?? ""
        switch outcome {
        case .success(let answer)?:
            self.answer = Answer(answer)
            refusal = nil
        case .failure(let error)?:
            answer = nil
            refusal = shown(Text([error.detail, error.hint].compactMap(\.self).joined(separator: " ")))
        case nil:
            answer = nil
            refusal = nil
        }
    }
}

extension WhatIfModel.Answer {
    init(_ answer: WhatIfAnswer) {
        tag = Wording.tag(answer.tier)
        line =
            switch answer.tier {
            case .auto: "It would run at once."
            case .review: "It would run at once, and people look at it afterwards."
            case .approval: "It would wait until its people have approved."
            case .deny: answer.endReason.map(Wording.sentence) ?? "It would be denied."
            }
        approval =
            switch answer.approval {
            case .none: nil
            case .unneeded: "Nobody is asked, so the approval changes nothing."
            case .lapsed(let requirement):
                "The approval counts \(Moment.length(seconds: requirement.voteSeconds)); it has lapsed by then."
            case .given(let requirement): "With the approval of \(RequirementWording.groups(requirement))."
            }
        reasons = answer.reasons.map { WhatIfModel.Reason(policy: shown($0.policy), text: shown($0.text)) }
        let resource = answer.action.resource
        var rows = [
            RowModel("Resource", shown("\(resource.type) \(resource.id)")),
            RowModel("Environment", shown(answer.action.environment)),
        ]
        if let requirement = answer.requirement {
            rows += [
                RowModel("Approvers", RequirementWording.groups(requirement)),
                RowModel("An approval counts", Moment.length(seconds: requirement.voteSeconds)),
                RowModel("The request waits", Moment.length(seconds: requirement.waitSeconds)),
                RowModel("Assurance", RequirementWording.assurance(requirement.assurance)),
            ]
            rows += requirement.criteria.map { RowModel("Criterion", shown($0)) }
        }
        self.rows = rows
    }
}
