import CanonicalEncoding
import DomainModel

/// What only the server knows. Times are absolute, so that the rendering stays true while it waits.
extension Renderer {
    /// `differs` is nil where no request is superseded.
    static func facts(_ subject: RenderingSubject, differs: Bool?) -> [RenderingRow] {
        let requester = subject.requester
        var rows = [
            fact("Asked by the agent", requester.id.text),
            fact("Purpose of the agent", requester.purpose),
            fact("Owner of the agent", "\(requester.owner.name) (\(requester.owner.id.text))"),
            fact("Agent registered at", time(requester.registeredAt)),
            fact(requester.proof == .bearer ? "Key that got the token" : "Key that asked", requester.keyThumbprint),
        ]
        if requester.proof == .bearer {
            rows.append(
                fact("Proof of who asked", "a bearer token: whoever has it could have asked", .caution))
        }
        if let task = subject.context.task {
            rows.append(fact("Task, as the agent names it", task.id))
            if let parent = task.parent {
                rows.append(fact("Task delegated by request, as the agent says", parent.text))
            }
        }
        rows += policy(subject.policy)
        for effect in subject.effects {
            rows.append(
                fact("Read from the target", "\(effect.provider): \(effect.of)", .caution))
            rows.append(fact("Value at \(time(effect.readAt))", effect.value, .caution))
        }
        rows += times(subject)
        if let superseded = subject.context.supersedes {
            rows.append(fact("Takes the place of request", superseded.text))
        }
        if let differs {
            rows.append(
                fact(
                    "Compared with that request", differs ? "the action differs" : "the action is the same",
                    differs ? .caution : .plain))
        }
        return rows
    }

    private static func policy(_ policy: RenderingSubject.PolicyAnswer) -> [RenderingRow] {
        var rows = [fact("Policy in force", Text(policy.digest.wire))]
        for reason in policy.reasons { rows.append(fact("Policy that asked", "\(reason.policy): \(reason.text)")) }
        guard let requirement = policy.requirement else {
            rows.append(fact("People needed", policy.tier == .deny ? "none can allow it" : "none"))
            return rows
        }
        for group in requirement.groups {
            let people = group.quorum == 1 ? "1 person" : "\(group.quorum) people"
            rows.append(fact("People needed", "\(people) of the group \(group.name.text)"))
        }
        rows.append(
            fact(
                "Passkey needed",
                requirement.assurance >= 2 ? "one that cannot leave its device" : "any enrolled passkey"))
        rows.append(fact("A vote is valid for this many seconds", Text(String(requirement.voteSeconds))))
        for criterion in requirement.criteria { rows.append(fact("To be checked by whoever approves", criterion)) }
        if requirement.ownerMayApprove {
            rows.append(fact("Owner's approval", "counts, because the policy says so by name", .caution))
        }
        return rows
    }

    private static func times(_ subject: RenderingSubject) -> [RenderingRow] {
        var rows = [
            fact("Submitted at", time(subject.submittedAt)),
            fact("Waits for people until", time(subject.expiresAt)),
        ]
        if let window = subject.context.window {
            rows.append(fact("May start from", time(window.from)))
            rows.append(fact("May start until", time(window.until)))
        }
        return rows
    }

    private static func fact(
        _ label: Text, _ text: Text, _ emphasis: RenderingRow.Emphasis = .plain
    ) -> RenderingRow {
        RenderingRow(section: .facts, label: label, shown: ShownValue(text), emphasis: emphasis)
    }

    private static func time(_ timestamp: Timestamp) -> Text { Text(timestamp.rfc3339) }

    /// Path by path; what is new or different in the order of the new action, then what is gone.
    static func changes(from old: Action, to new: [Leaf], for kind: RegisteredTool.Kind) -> [RenderedChange] {
        let before = leaves(of: old, for: kind).map(\.leaf)
        var known: [Text: ShownValue] = [:]
        for leaf in before { known[leaf.path] = leaf.shown }
        var changes: [RenderedChange] = []
        for leaf in new {
            let earlier = known.removeValue(forKey: leaf.path)
            if earlier != leaf.shown {
                changes.append(RenderedChange(path: leaf.path, before: earlier, after: leaf.shown))
            }
        }
        for leaf in before where known[leaf.path] != nil {
            changes.append(RenderedChange(path: leaf.path, before: leaf.shown, after: nil))
        }
        return changes
    }
}

extension UntrustedText {
    /// Everything that the agent wrote around its action.
    static func all(_ context: RequestContext) -> [UntrustedText] {
        var texts: [UntrustedText] = []
        if let title = context.task?.title {
            texts.append(UntrustedText(label: "Title of the task", shown: ShownValue(title)))
        }
        if let justification = context.justification {
            texts.append(UntrustedText(label: "Justification", shown: ShownValue(justification)))
        }
        if let plan = context.plan { texts.append(UntrustedText(label: "Plan", shown: ShownValue(plan))) }
        if let rollback = context.rollback {
            for leaf in ActionLeaves(rollback.json, at: "rollback").leaves {
                var shown = leaf.shown
                // It is not what is approved, so it cannot keep it from being approved.
                shown.warnings.removeAll { $0 == .uninspectable }
                texts.append(UntrustedText(label: "Proposed rollback, not part of this", at: leaf.path, shown: shown))
            }
        }
        for link in context.links {
            texts.append(UntrustedText(label: "Link, kind", shown: ShownValue(link.rel)))
            texts.append(UntrustedText(label: "Link, address (not opened)", shown: ShownValue(link.href)))
        }
        return texts
    }
}
