import CanonicalEncoding

/// Two workloads of the shape that policy languages are compared with, fifty entities of a kind: repositories with a group for
/// each role, and files in folders that are shared with people and groups.
enum HierarchyWorkload {
    private static let size = 50
    private static let roles = ["readers", "triagers", "writers", "maintainers", "admins"]

    // MARK: Repositories

    static func repositories() -> PolicyWorkload {
        var numbers = RepeatableNumbers(seed: 11)
        let rules = [
            ("pull", "readers"), ("fork", "readers"), ("label", "triagers"), ("push", "writers"),
            ("protect", "maintainers"), ("grant", "admins"),
        ]
        var policies = rules.map { action, role in
            "permit (principal, action == Action::\"\(action)\", resource) when { principal in resource.\(role) };"
        }
        policies.append(
            """
            permit (principal, action == Action::"edit_issue", resource)
            when { principal == resource.reporter && principal in resource.repository.readers };
            """)
        policies.append(
            """
            permit (principal, action in [Action::"edit_issue", Action::"delete_issue"], resource)
            when { principal in resource.repository.maintainers };
            """)
        let members = roles.map { "\($0): Group" }.joined(separator: ", ")
        let schema = """
            entity Person in [Group, Group, Company];
            entity Group in [Group];
            entity Company;
            entity Repository in [Company] { \(members) };
            entity Issue { repository: Repository, reporter: Person };
            action pull, fork, label, push, protect, grant appliesTo { principal: [Person], resource: [Repository] };
            action edit_issue, delete_issue appliesTo { principal: [Person], resource: [Issue] };
            """
        let entities = repositoryEntities(&numbers)
        let requests = (0..<1_000).map { _ in
            let choice = numbers.below(8)
            let person = PolicyWorkload.uid("Person", "p\(numbers.below(size))")
            return choice < 6
                ? PolicyWorkload.request(person, rules[choice].0, uid("Repository", "r", &numbers))
                : PolicyWorkload.request(
                    person, choice == 6 ? "edit_issue" : "delete_issue", uid("Issue", "i", &numbers))
        }
        return PolicyWorkload(
            name: "repositories, 50 entities a kind", schema: schema, policies: policies.joined(separator: "\n"),
            entities: .array(entities), requests: requests)
    }

    private static func repositoryEntities(_ numbers: inout RepeatableNumbers) -> [JSONValue] {
        var all: [JSONValue] = [PolicyWorkload.entity(PolicyWorkload.uid("Company", "c"))]
        for number in 0..<size {
            // A role holds the next one: who administers may read.
            var attributes = JSONObject()
            for (level, role) in roles.enumerated() {
                let group = PolicyWorkload.uid("Group", "\(role)\(number)")
                let lower = level == 0 ? [] : [PolicyWorkload.uid("Group", "\(roles[level - 1])\(number)")]
                all.append(PolicyWorkload.entity(group, in: lower))
                attributes[Text(role)] = group
            }
            all.append(
                PolicyWorkload.entity(
                    PolicyWorkload.uid("Repository", "r\(number)"), in: [PolicyWorkload.uid("Company", "c")],
                    attributes))
            // Teams stand in teams and have roles.
            var parents = [PolicyWorkload.uid("Group", "\(roles[numbers.below(5)])\(numbers.below(size))")]
            if number > 0 { parents.append(PolicyWorkload.uid("Group", "team\(numbers.below(number))")) }
            all.append(PolicyWorkload.entity(PolicyWorkload.uid("Group", "team\(number)"), in: parents))
            var groups = Set((0..<4).map { _ in "\(roles[numbers.below(5)])\(numbers.below(size))" })
            groups.insert("team\(numbers.below(size))")
            all.append(
                PolicyWorkload.entity(
                    PolicyWorkload.uid("Person", "p\(number)"),
                    in: groups.sorted().map { PolicyWorkload.uid("Group", $0) }))
            all.append(
                PolicyWorkload.entity(
                    PolicyWorkload.uid("Issue", "i\(number)"),
                    [
                        "repository": uid("Repository", "r", &numbers), "reporter": uid("Person", "p", &numbers),
                    ]))
        }
        return all
    }

    private static func uid(_ type: Text, _ letter: String, _ numbers: inout RepeatableNumbers) -> JSONValue {
        PolicyWorkload.uid(type, "\(letter)\(numbers.below(size))")
    }

    // MARK: Files

    static func files() -> PolicyWorkload {
        var numbers = RepeatableNumbers(seed: 13)
        let schema = """
            entity Person in [Group] { views: Set<View>, ownedFiles: Set<File>, ownedFolders: Set<Folder> };
            entity Group in [Group] { views: Set<View> };
            entity View;
            entity Folder in [Folder, View];
            entity File in [Folder, View] { isPublic: Bool, sharedWith: Set<Group> };
            action read, write, share appliesTo { principal: [Person], resource: [File] };
            action create appliesTo { principal: [Person], resource: [Folder] };
            """
        let policies = """
            permit (principal, action == Action::"read", resource) when { resource in principal.views };
            permit (principal, action == Action::"read", resource) when { principal in resource.sharedWith };
            permit (principal, action == Action::"read", resource) when { resource.isPublic };
            permit (principal, action in [Action::"read", Action::"write", Action::"share"], resource)
            when { resource in principal.ownedFiles || resource in principal.ownedFolders };
            permit (principal, action == Action::"create", resource) when { resource in principal.ownedFolders };
            """
        let actions = ["read", "write", "share", "create"]
        let entities = fileEntities(&numbers)
        let requests = (0..<1_000).map { _ in
            let action = actions[numbers.below(4)]
            let resource = action == "create" ? uid("Folder", "d", &numbers) : uid("File", "f", &numbers)
            return PolicyWorkload.request(uid("Person", "p", &numbers), action, resource)
        }
        return PolicyWorkload(
            name: "files in folders, 50 entities a kind", schema: schema, policies: policies,
            entities: .array(entities), requests: requests)
    }

    private static func fileEntities(_ numbers: inout RepeatableNumbers) -> [JSONValue] {
        func some(_ type: Text, _ letter: String, _ count: Int) -> JSONValue {
            .array((0..<count).map { _ in ["__entity": uid(type, letter, &numbers)] })
        }
        var all: [JSONValue] = []
        for number in 0..<size {
            all.append(PolicyWorkload.entity(PolicyWorkload.uid("View", "v\(number)")))
            let above = number == 0 ? [] : [PolicyWorkload.uid("Folder", "d\(numbers.below(number))")]
            all.append(
                PolicyWorkload.entity(
                    PolicyWorkload.uid("Folder", "d\(number)"), in: above + [uid("View", "v", &numbers)]))
            all.append(
                PolicyWorkload.entity(
                    PolicyWorkload.uid("File", "f\(number)"),
                    in: [uid("Folder", "d", &numbers), uid("View", "v", &numbers)],
                    ["isPublic": .bool(number % 10 == 0), "sharedWith": some("Group", "g", 3)]))
            let group = number == 0 ? [] : [PolicyWorkload.uid("Group", "g\(numbers.below(number))")]
            all.append(
                PolicyWorkload.entity(
                    PolicyWorkload.uid("Group", "g\(number)"), in: group, ["views": some("View", "v", 2)]))
            all.append(
                PolicyWorkload.entity(
                    PolicyWorkload.uid("Person", "p\(number)"), in: [uid("Group", "g", &numbers)],
                    [
                        "views": some("View", "v", 5), "ownedFiles": some("File", "f", 3),
                        "ownedFolders": some("Folder", "d", 2),
                    ]))
        }
        return all
    }
}
