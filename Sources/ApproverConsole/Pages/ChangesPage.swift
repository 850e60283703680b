import AuthorityCore
import CanonicalEncoding
import DomainModel

/// Changes that wait for administrators, and those that are done.
struct ChangesPage: Sendable {
    struct Item: Sendable {
        let href: String
        let title: String
        let tag: Tag
        let line: String
        let at: Moment
    }

    let key: String
    let count: String
    let open: [Item]
    let done: [Item]
    let hasDone: Bool

    init(_ changes: [ChangeProposal]) {
        let newestFirst = changes.sorted { $0.createdAt > $1.createdAt }
        open = newestFirst.filter { $0.status == .proposed }.map(Self.item)
        done = newestFirst.filter { $0.status != .proposed }.map(Self.item)
        hasDone = !done.isEmpty
        count = Wording.count(open.count, "change waits", "changes wait")
        key = PageKey.of(newestFirst.map { "\($0.id) \($0.status) \($0.confirmations.count)" })
    }

    private static func item(_ proposal: ChangeProposal) -> Item {
        Item(
            href: "/changes/\(proposal.id)", title: ChangeWording.title(proposal.change),
            tag: Wording.tag(proposal.status),
            line: "Proposed by \(proposal.proposedBy)", at: Moment(proposal.createdAt))
    }
}

/// One change as an administrator confirms it: every value as a row, and for policy the lines that differ.
struct ChangePage: Sendable {
    struct Content: Sendable {
        let rows: [RowModel]
    }

    struct Control: Sendable {
        let change: String
        let digest: String
    }

    struct Step: Sendable {
        let what: String
        let at: Moment
    }

    let proposal: ChangeHeadline
    let content: Content
    let diff: DiffModel?
    let decision: Control?
    let bystander: String?
    let steps: [Step]

    /// `replaced` is what an applied change took out of force; before that it is the set in force.
    init(_ proposal: ChangeProposal, inventory: Inventory, viewer: Viewer, replaced: ReplacedPolicy? = nil) {
        self.proposal = ChangeHeadline(proposal)
        if case .loadPolicy(let source, let scenarios) = proposal.change {
            // The lines below are the set: shown whole where it is new, folded only where it is what is in force already.
            let old = replaced?.source ?? inventory.policy?.source ?? ""
            content = Content(
                rows: [
                    RowModel("kind", "load_policy", isProse: false),
                    RowModel("New set", Self.digest(of: source), isProse: false),
                    RowModel("It replaces", old.isEmpty ? "nothing" : Self.digest(of: old), isProse: false),
                ] + PolicyChangeRows(from: old, to: source, scenarios).rows)
            diff = DiffModel(from: old, to: source)
        } else {
            content = Content(rows: ChangeWording.rows(proposal.change))
            diff = nil
        }
        let hasDecided = proposal.confirmations.contains { $0.person == viewer.person.id }
        let mayDecide = viewer.isAdministrator && proposal.status == .proposed && !hasDecided
        decision = mayDecide ? Control(change: proposal.id.description, digest: proposal.digest.wire) : nil
        bystander = mayDecide ? nil : Self.reason(proposal, viewer: viewer, hasDecided: hasDecided)
        let names = Dictionary(
            inventory.persons.map { ($0.id, shown($0.name)) }, uniquingKeysWith: { first, _ in first })
        steps = proposal.confirmations.map { confirmation in
            let who = names[confirmation.person] ?? confirmation.person.description
            let did = confirmation.decision == .approve ? "confirmed" : "rejected"
            return Step(what: "\(who) \(did)", at: Moment(confirmation.at))
        }
    }

    /// As the log names it.
    private static func digest(of source: Text) -> String {
        Digest(domain: "countersign.policy.v1", .string(source)).wire
    }

    private static func reason(_ proposal: ChangeProposal, viewer: Viewer, hasDecided: Bool) -> String {
        if proposal.status != .proposed { return "There is nothing left to decide." }
        if hasDecided { return "You have confirmed this. It waits for another administrator." }
        return "Only administrators decide about changes."
    }
}

/// The set that an applied change took out of force; empty where there was none.
struct ReplacedPolicy: Sendable {
    let source: Text
}

/// A change in one glance.
struct ChangeHeadline: Sendable {
    let id: String
    let title: String
    let tag: Tag
    let line: String
    let isGrave: Bool
    /// What the consequence is called: of something to come, or of something decided.
    let question: String
    let consequence: String
    let rule: String
    let digestShort: String
    let proposer: String
    let at: Moment

    init(_ proposal: ChangeProposal) {
        id = proposal.id.description
        title = ChangeWording.title(proposal.change)
        tag = Wording.tag(proposal.status)
        let end = Moment(proposal.expiresAt).text
        line =
            proposal.status == .proposed ? "It waits until \(end) and changes nothing before it is confirmed." : ""
        question = proposal.status == .proposed ? "What happens if this is confirmed" : "What was proposed"
        isGrave = proposal.change.confirmationRule != .one
        consequence = ChangeWording.consequence(proposal.change)
        rule =
            switch proposal.change.confirmationRule {
            case .one: "One administrator confirms it."
            case .two: "Two administrators confirm it, as soon as there are two."
            case .twoIfItReplaces:
                "One administrator confirms it; two, where something is registered under that name already."
            case .twoIfItEndsAnAdministrator:
                "One administrator confirms it; two, where it is the last passkey of an administrator."
            }
        digestShort = Wording.short(proposal.digest)
        proposer = proposal.proposedBy.string
        at = Moment(proposal.createdAt)
    }
}
