import DomainModel

/// A maximum assignment of people to the seats of groups, kept maximal by augmenting paths while people arrive.
///
/// Each arrival costs one search over the people who are seated: what everybody can bring is far below any limit here.
struct GroupSeats {
    private let groups: [ApprovalRequirement.Group]
    private let indexOf: [GroupID: Int]
    /// Who sits in each group, in the order of `groups`.
    private var seated: [[PersonID]]
    private var choices: [PersonID: [Int]] = [:]

    init(_ groups: [ApprovalRequirement.Group]) {
        self.groups = groups
        var indexOf: [GroupID: Int] = [:]
        for (index, group) in groups.enumerated() { indexOf[group.name] = index }
        self.indexOf = indexOf
        seated = Array(repeating: [], count: groups.count)
    }

    var areFull: Bool {
        !groups.isEmpty && zip(groups, seated).allSatisfy { Int64($1.count) >= $0.quorum }
    }

    var people: [PersonID] { seated.flatMap { $0 } }

    var counts: [QuorumResult.GroupCount] {
        zip(groups, seated).map { group, people in
            QuorumResult.GroupCount(group: group.name, count: Int64(people.count), quorum: group.quorum)
        }
    }

    /// Seats the person if there is any way to, moving others between their groups where that makes room.
    mutating func seat(_ person: PersonID, in names: [GroupID]) {
        choices[person] = Set(names).sorted().compactMap { indexOf[$0] }
        guard !seated.contains(where: { $0.contains(person) }) else { return }
        var cameFrom: [Int: (group: Int?, person: PersonID)] = [:]
        var queue: [Int] = []
        for group in choices[person] ?? [] where cameFrom[group] == nil {
            cameFrom[group] = (nil, person)
            queue.append(group)
        }
        var head = 0
        while head < queue.count {
            let group = queue[head]
            head += 1
            if Int64(seated[group].count) < groups[group].quorum {
                return move(into: group, along: cameFrom)
            }
            for occupant in seated[group] {
                for other in choices[occupant] ?? [] where cameFrom[other] == nil {
                    cameFrom[other] = (group, occupant)
                    queue.append(other)
                }
            }
        }
    }

    /// Walks the path backwards: each person moves one group on, and the newcomer takes the first seat.
    private mutating func move(into free: Int, along cameFrom: [Int: (group: Int?, person: PersonID)]) {
        var group = free
        while let step = cameFrom[group] {
            seated[group].append(step.person)
            guard let origin = step.group else { return }
            seated[origin].removeAll { $0 == step.person }
            group = origin
        }
    }
}
