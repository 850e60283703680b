import AuthorityPorts
import CanonicalEncoding
import DomainModel

/// What is remembered of the inventory between writes must never be older than the inventory.
extension StoreConformanceSuite {
    /// Each write of what callers are remembered by (`Store.inventoryRevision`), and of what decisions read.
    private static func writes() throws -> [(name: String, write: @Sendable (any StoreTransaction) throws -> Void)] {
        let (ann, agent): (PersonID, AgentID) = (try Sample.name("ann"), try Sample.name("deployer"))
        let group: GroupID = try Sample.name("dba")
        let passkey = Passkey(
            credentialID: [1], person: ann, publicKey: [1], signCount: 0, backup: (eligible: true, state: false),
            aaguid: [UInt8](repeating: 0, count: 16), createdAt: Sample.time(1))
        let policy = PolicyVersion(
            digest: Sample.digest(1), source: "permit", loadedAt: Sample.time(1), loadedBy: "person:ann")
        return [
            ("an agent", { try $0.save(try Self.agent(1)) }),
            ("an agent's last use", { try $0.touch(agent: agent, at: Sample.time(9)) }),
            ("a revoked token", { _ = try $0.remember(.revokedToken, Sample.digest(7), until: Sample.time(9)) }),
            (
                "a person",
                { try $0.save(Person(id: ann, name: "Ann", roles: [.approver], createdAt: Sample.time(1))) }
            ),
            ("a passkey", { try $0.save(passkey) }),
            ("a member", { try $0.add(Membership(group: group, member: .person(ann), addedAt: Sample.time(1))) }),
            ("a member's end", { try $0.remove(group: group, member: .person(ann)) }),
            ("a tool", { try $0.save(Self.tool(isEnabled: true)) }),
            ("a provider", { try $0.save(FactProvider(name: "rows", kind: .sqliteCount, location: "/a")) }),
            (
                "a freeze",
                { try $0.save(Freeze(scope: .everything, by: "operator", reason: "drill", at: Sample.time(1))) }
            ),
            ("a thaw", { try $0.removeFreeze(.everything) }),
            ("a policy", { try $0.setPolicy(policy) }),
        ]
    }

    private static func agent(_ number: Int) throws -> Agent {
        Agent(
            id: try Sample.name("deployer"), owner: try Sample.name("ann"), purpose: "\(Text(String(number)))",
            keys: [],
            createdAt: Sample.time(1), endsAt: Sample.time(9))
    }

    private static func tool(isEnabled: Bool) -> RegisteredTool {
        RegisteredTool(
            reference: ToolReference(server: "shop", name: "refund"), kind: .generic, title: "Refund",
            targets: [
                Target(name: "prod", resource: ResourceReference(type: "Shop", id: "prod"), environment: "prod")
            ], isEnabled: isEnabled)
    }

    static let revisionRules: [Rule] = [
        Rule("the inventory's revision has moved when a write of the inventory is answered, and never goes back") {
            subject in
            let store = subject.store
            for (name, write) in try Self.writes() {
                let before = store.inventoryRevision
                try await store.write("test") { try write($0) }
                try expect(store.inventoryRevision > before, "the revision stood still for \(name)")
            }
            let before = store.inventoryRevision
            _ = try await store.read { try $0.agents() }
            try expect(store.inventoryRevision >= before, "the revision went back")
        },
        Rule("what a body that threw has written of the inventory is seen by nobody after it") { subject in
            let store = subject.store
            struct Refused: Error {}
            let (old, new) = (try Self.agent(1), try Self.agent(2))
            let policies = [1, 2].map { number in
                PolicyVersion(
                    digest: Sample.digest(number), source: "permit", loadedAt: Sample.time(number), loadedBy: "operator"
                )
            }
            try await store.write("test") { transaction in
                try transaction.save(old)
                try transaction.save(Self.tool(isEnabled: true))
                try transaction.setPolicy(policies[0])
            }
            // Read in a write of its own, so that a store which remembers has something to remember.
            try await Self.expectStanding(old, policies[0], isFrozen: false, in: store)
            // Alone, and beside others that succeed in the same commit.
            for others in [0, 8] {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask {
                        do {
                            try await store.write("test") { transaction in
                                try transaction.save(new)
                                try transaction.save(Self.tool(isEnabled: false))
                                try transaction.save(
                                    Freeze(scope: .everything, by: "operator", reason: "", at: Sample.time(1)))
                                try transaction.setPolicy(policies[1])
                                let isSeen = try transaction.agent(new.id) == new && !transaction.freezes().isEmpty
                                try expect(isSeen, "a body does not see what it has written")
                                throw Refused()
                            }
                        } catch is Refused {}
                    }
                    for _ in 0..<others {
                        group.addTask { try await Self.expectStanding(old, policies[0], isFrozen: false, in: store) }
                    }
                    try await group.waitForAll()
                }
                try await Self.expectStanding(old, policies[0], isFrozen: false, in: store)
            }
        },
        Rule("what a write changed of the inventory is what the next write reads, however often it was read before") {
            subject in
            let store = subject.store
            for number in 1...4 {
                let agent = try Self.agent(number)
                let policy = PolicyVersion(
                    digest: Sample.digest(number), source: "permit", loadedAt: Sample.time(number), loadedBy: "operator"
                )
                let isFrozen = number.isMultiple(of: 2)
                try await store.write("test") { transaction in
                    // Read first: what is read here must not be kept over the write after it.
                    _ = (
                        try transaction.agent(agent.id), try transaction.freezes(),
                        try transaction.policyDigestInForce()
                    )
                    _ = try transaction.tool(server: "shop", name: "refund")
                    try transaction.save(agent)
                    try transaction.save(Self.tool(isEnabled: true))
                    try transaction.setPolicy(policy)
                    if isFrozen {
                        try transaction.save(
                            Freeze(scope: .everything, by: "operator", reason: "", at: Sample.time(1)))
                    } else {
                        try transaction.removeFreeze(.everything)
                    }
                }
                for _ in 0..<2 { try await Self.expectStanding(agent, policy, isFrozen: isFrozen, in: store) }
            }
        },
    ]

    /// In a write and in a snapshot.
    private static func expectStanding(
        _ agent: Agent, _ policy: PolicyVersion, isFrozen: Bool, in store: any Store
    ) async throws {
        let look: @Sendable (any StoreReader) throws -> Void = { reader in
            try expectEqual(try reader.agent(agent.id), agent, "the agent")
            try expectEqual(
                try reader.tool(server: "shop", name: "refund"), Self.tool(isEnabled: true), "the tool")
            try expectEqual(try reader.policyDigestInForce(), policy.digest, "the policy in force")
            try expect(try reader.freezes().isEmpty != isFrozen, "the freezes are wrong")
        }
        try await store.write("test") { try look($0) }
        try await store.read { try look($0) }
    }
}
