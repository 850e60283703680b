import AuthorityCore
import CanonicalEncoding
import DomainModel

/// Who decides, and for which groups.
struct PeoplePage: Sendable {
    struct Entry: Sendable {
        let id: String
        let name: String
        let roles: String
        let groups: String
        let passkeys: String
        let since: Moment
        let tags: [Tag]
        let isActive: Bool
    }

    struct Group: Sendable {
        let name: String
        let members: String
    }

    struct Member: Sendable {
        let key: String
        let label: String
    }

    let count: String
    let notices: [Notice]
    let people: [Entry]
    let groups: [Group]
    let members: [Member]
    let mayAdminister: Bool

    init(_ inventory: Inventory, viewer: Viewer) {
        mayAdminister = viewer.isAdministrator
        people = inventory.persons.sorted { $0.id < $1.id }.map { Self.entry($0, inventory: inventory) }
        let active = inventory.persons.filter(\.isActive)
        count = Wording.count(active.count, "active person", "active people")
        let administrators = active.filter { $0.roles.contains(.administrator) }
        notices =
            administrators.count > 1
            ? []
            : [
                Notice(
                    "There is one administrator, whose confirmations stand alone and are marked so in the record. A second one makes two necessary.",
                    .care)
            ]
        let names = Set(inventory.memberships.map(\.group)).sorted()
        groups = names.map { name in
            let members = inventory.memberships.filter { $0.group == name }.map { Self.label($0.member) }
            return Group(name: name.description, members: members.sorted().joined(separator: ", "))
        }
        let persons = active.map { Membership.Member.person($0.id) }
        members = (persons + inventory.agents.map { .agent($0.id) })
            .map { Member(key: $0.key.string, label: Self.label($0)) }
    }

    private static func label(_ member: Membership.Member) -> String {
        switch member {
        case .person(let id): id.description
        case .agent(let id): "agent \(id)"
        }
    }

    private static func entry(_ person: Person, inventory: Inventory) -> Entry {
        let passkeys = inventory.passkeyCounts[person.id] ?? 0
        let groups = inventory.memberships.filter { $0.member == .person(person.id) }.map(\.group.description)
        var tags: [Tag] = []
        if !person.isActive { tags.append(Tag("disabled")) }
        if person.isActive, passkeys == 0 { tags.append(Tag("not enrolled", .care)) }
        return Entry(
            id: person.id.description, name: shown(person.name),
            roles: person.roles.isEmpty ? "none" : person.roles.map(\.rawValue).sorted().joined(separator: ", "),
            groups: groups.isEmpty ? "none" : groups.sorted().joined(separator: ", "),
            passkeys: Wording.count(passkeys, "passkey", "passkeys"), since: Moment(person.createdAt), tags: tags,
            isActive: person.isActive)
    }
}
