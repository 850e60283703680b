import AuthorityCore
import CanonicalEncoding
import DomainModel

/// The inventory of non-human identities; those that nobody uses, or that nobody answers for any more, are marked.
struct AgentsPage: Sendable {
    struct Key: Sendable {
        let thumbprint: String
        let by: String
        let at: Moment
    }

    struct Entry: Sendable {
        let id: String
        let owner: String
        let purpose: String
        let environment: String?
        let groups: String
        let tags: [Tag]
        let keys: [Key]
        let lastUse: Moment?
        let ends: Moment
        let canFreeze: Bool
        let canDisable: Bool
        let bearer: BearerForm?
    }

    /// The form that allows bearer tokens, or takes them back.
    struct BearerForm: Sendable {
        let agent: String
        let kind: String
        let button: String
        let label: String
        let said: String

        init(_ agent: Agent) {
            let isAllowed = agent.bearerAllowedAt != nil
            self.agent = agent.id.description
            kind = isAllowed ? "refuse_bearer" : "allow_bearer"
            button = "\(isAllowed ? "refuse" : "allow")-bearer-\(agent.id)"
            label = isAllowed ? "Take bearer tokens…" : "Allow bearer tokens…"
            said = isAllowed ? "Take bearer tokens from \(agent.id)…" : "Allow bearer tokens to \(agent.id)…"
        }
    }

    struct Owner: Sendable {
        let id: String
        let name: String
    }

    /// Changes when anything of the inventory does that this page shows.
    let key: String
    /// Said aloud when it changed under the reader.
    let spoken: String
    let count: String
    let notices: [Notice]
    let agents: [Entry]
    let hasAgents: Bool
    let owners: [Owner]
    let freezes: FreezeModel
    let mayAdminister: Bool

    /// Unused for this long is stale (mission, H7).
    static let staleAfterDays: Int64 = 30

    init(_ inventory: Inventory, viewer: Viewer, now: Timestamp) {
        mayAdminister = viewer.isAdministrator
        agents = inventory.agents.sorted { $0.id < $1.id }
            .map { Self.entry($0, inventory: inventory, viewer: viewer, now: now) }
        hasAgents = !agents.isEmpty
        let active = inventory.agents.filter { $0.isActive(at: now) }
        let stale = active.filter { Self.isStale($0, now: now) }
        count = "\(Wording.count(active.count, "active agent", "active agents")) of \(agents.count)"
        notices = Self.notices(stale: stale.count, weak: active.count { $0.bearerAllowedAt != nil })
        owners = inventory.persons.filter(\.isActive).map { Owner(id: $0.id.description, name: $0.name.string) }
        freezes = FreezeModel(inventory: inventory, viewer: viewer)
        spoken = "\(count). \(freezes.spoken)"
        key = PageKey.of(
            [freezes.key]
                + agents.map { agent in
                    ([agent.id, agent.owner, agent.purpose, agent.environment ?? "", agent.groups, agent.ends.iso]
                        + [agent.lastUse?.minute ?? ""] + agent.tags.map(\.text) + agent.keys.map(\.thumbprint))
                        .joined(separator: " ")
                })
    }

    private static func notices(stale: Int, weak: Int) -> [Notice] {
        var notices: [Notice] = []
        if weak > 0 {
            notices.append(
                Notice(
                    "\(Wording.count(weak, "agent", "agents")) may call tool servers with bearer tokens: whoever gets hold of one is that agent for ten minutes.",
                    .care))
        }
        if stale > 0 {
            notices.append(
                Notice(
                    "\(Wording.count(stale, "agent has", "agents have")) not been used for \(staleAfterDays) days. What nobody uses should end.",
                    .care))
        }
        return notices
    }

    var frozen: [FreezeModel.Frozen] { freezes.frozen }

    static func isStale(_ agent: Agent, now: Timestamp) -> Bool {
        (agent.lastUsedAt ?? agent.createdAt).adding(seconds: staleAfterDays * 86_400) < now
    }

    private static func entry(_ agent: Agent, inventory: Inventory, viewer: Viewer, now: Timestamp) -> Entry {
        let owner = inventory.persons.first { $0.id == agent.owner }
        let isFrozen = inventory.freezes.contains { $0.scope == .agent(agent.id) }
        let groups = inventory.memberships.filter { $0.member == .agent(agent.id) }.map(\.group.description)
        let isActive = agent.isActive(at: now)
        return Entry(
            id: agent.id.description, owner: owner.map { "\($0.name)" } ?? agent.owner.description,
            purpose: shown(agent.purpose), environment: agent.environment?.string,
            groups: groups.sorted().joined(separator: ", "),
            tags: tags(agent, owner: owner, isFrozen: isFrozen, now: now),
            keys: agent.keys.filter { $0.retiredAt == nil }.map {
                Key(
                    thumbprint: String($0.thumbprint.string.prefix(12)) + "…",
                    by: $0.createdBy.sorted().map(\.description).joined(separator: ", "),
                    at: Moment($0.createdAt))
            },
            lastUse: agent.lastUsedAt.map { Moment($0) }, ends: Moment(agent.endsAt),
            canFreeze: viewer.isAdministrator && isActive && !isFrozen, canDisable: viewer.isAdministrator && isActive,
            bearer: viewer.isAdministrator && isActive ? BearerForm(agent) : nil)
    }

    private static func tags(_ agent: Agent, owner: Person?, isFrozen: Bool, now: Timestamp) -> [Tag] {
        var tags: [Tag] = []
        if isFrozen { tags.append(Tag("frozen", .stop)) }
        if agent.disabledAt != nil {
            tags.append(Tag("disabled"))
        } else if now >= agent.endsAt {
            tags.append(Tag("ended"))
        } else {
            if agent.bearerAllowedAt != nil { tags.append(Tag("weak: bearer tokens", .care)) }
            if isStale(agent, now: now) { tags.append(Tag("stale", .care)) }
            if owner?.isActive != true { tags.append(Tag("owner is gone", .stop)) }
            if agent.endsAt < now.adding(seconds: 14 * 86_400) { tags.append(Tag("ends soon", .care)) }
        }
        return tags
    }
}

/// What is frozen, and the control that freezes.
struct FreezeModel: Sendable {
    struct Frozen: Sendable {
        let scope: String
        let what: String
        let by: String
        let at: Moment
        let reason: String
    }

    struct Scope: Sendable {
        let key: String
        let label: String
    }

    /// Changes whenever something is frozen or thawed.
    let key: String
    /// One sentence.
    let spoken: String
    let frozen: [Frozen]
    let scopes: [Scope]

    init(inventory: Inventory, viewer: Viewer) {
        frozen = inventory.freezes.map { freeze in
            Frozen(
                scope: freeze.scope.key.string, what: Self.label(freeze.scope), by: freeze.by.string,
                at: Moment(freeze.at), reason: shown(freeze.reason))
        }
        key = PageKey.of(frozen.map { "\($0.scope) \($0.at.iso)" })
        spoken = frozen.isEmpty ? "Nothing is frozen." : "Frozen: \(Wording.list(frozen.map(\.what)))."
        let all =
            [Freeze.Scope.everything] + inventory.agents.map { .agent($0.id) }
            + inventory.tools.map { .tool($0.reference.qualifiedName) }
        let taken = Set(inventory.freezes.map(\.scope))
        scopes = all.filter { !taken.contains($0) }.map { Scope(key: $0.key.string, label: Self.label($0)) }
    }

    static func label(_ scope: Freeze.Scope) -> String {
        switch scope {
        case .everything: "everything"
        case .agent(let id): "agent \(id)"
        case .tool(let name): "tool \(name)"
        }
    }
}
