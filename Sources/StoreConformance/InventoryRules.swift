import AuthorityPorts
import CanonicalEncoding
import DomainModel

extension StoreConformanceSuite {
    static let inventoryRules: [Rule] = [
        Rule("agents are kept whole, replaced by id, listed by name, and touched forwards only") { subject in
            let store = subject.store
            let (owner, deployer, another): (PersonID, AgentID, AgentID) = (
                try Sample.name("ann"), try Sample.name("deployer"), try Sample.name("another")
            )
            let keys = [
                AgentKey(
                    thumbprint: "one", jwk: ["kty": "OKP"], createdBy: [owner], createdAt: Sample.time(1),
                    retiredAt: Sample.time(2)),
                AgentKey(thumbprint: "two", jwk: ["kty": "EC"], createdBy: [owner], createdAt: Sample.time(2)),
            ]
            let first = Agent(
                id: deployer, owner: owner, purpose: "a\0b", environment: "prod", keys: keys, createdAt: Sample.time(1),
                endsAt: Sample.time(9))
            var changed = first
            changed.environment = nil
            changed.bearerAllowedAt = Sample.time(4)
            changed.disabledAt = Sample.time(5)
            let (second, third) = (
                changed,
                Agent(
                    id: another, owner: owner, purpose: "", keys: [], createdAt: Sample.time(2), endsAt: Sample.time(3))
            )
            try await store.write("test") { transaction in
                for agent in [first, second, third] { try transaction.save(agent) }
                for time in [7, 6] { try transaction.touch(agent: deployer, at: Sample.time(time)) }
            }
            changed.lastUsedAt = Sample.time(7)
            try expectEqual(try await store.read { try $0.agent(deployer) }, changed, "the agent")
            try expectEqual(try await store.read { try $0.agents() }, [third, changed], "the list")
        },
        Rule("persons and passkeys are kept whole and replaced by id") { subject in
            let store = subject.store
            let ann: PersonID = try Sample.name("ann")
            let person = Person(
                id: ann, name: "Ann\0 É", roles: [.auditor, .approver], createdAt: Sample.time(1),
                disabledAt: Sample.time(2))
            var passkey = Passkey(
                credentialID: [0, 255], person: ann, publicKey: [1, 2, 3], signCount: .max,
                backup: (eligible: true, state: false), aaguid: [UInt8](repeating: 0, count: 16),
                createdAt: Sample.time(1))
            let fresh = passkey
            passkey.signCount = 0
            passkey.disabledAt = Sample.time(3)
            passkey.lastUsedAt = Sample.time(2)
            let used = passkey
            try await store.write("test") { transaction in
                try transaction.save(person)
                try transaction.save(fresh)
            }
            try expectEqual(try await store.read { try $0.passkey(credentialID: [0, 255]) }, fresh, "the passkey")
            try await store.write("test") { try $0.save(used) }
            try expectEqual(try await store.read { try $0.passkeys(of: ann) }, [used], "the passkeys")
            try expectEqual(try await store.read { try $0.persons() }, [person], "the persons")
            try expectEqual(try await store.read { try $0.person(ann) }, person, "the person")
            try expect(try await store.read { try $0.passkey(credentialID: [0]) } == nil, "a prefix found a passkey")
        },
        Rule("a membership is added once and keeps its date") { subject in
            let store = subject.store
            let group: GroupID = try Sample.name("dba")
            let members: [Membership.Member] = [.person(try Sample.name("ann")), .agent(try Sample.name("ann"))]
            let all = members.map { Membership(group: group, member: $0, addedAt: Sample.time(1)) }
            try await store.write("test") { transaction in for membership in all { try transaction.add(membership) } }
            var moved = all[0]
            moved.addedAt = Sample.time(2)
            let again = moved
            try await expectAlreadyExists("the same member") { try await store.write("test") { try $0.add(again) } }
            try expectEqual(Set(try await store.read { try $0.memberships() }), Set(all), "the memberships")
            try expectEqual(try await store.read { try $0.memberships(of: members[1]) }, [all[1]], "the agent's")
            try await store.write("test") { try $0.remove(group: group, member: members[0]) }
            try expectEqual(try await store.read { try $0.memberships() }, [all[1]], "what is left")
        },
        Rule("tools, providers and freezes are kept whole and replaced by their keys") { subject in
            let store = subject.store
            var tool = RegisteredTool(
                reference: ToolReference(server: "shop", name: "refund", definition: Sample.digest(1)), kind: .generic,
                title: "Refund\0", traits: .init(destructive: false, readOnly: true, openWorld: false),
                targets: [
                    Target(name: "prod", resource: ResourceReference(type: "Shop", id: "prod"), environment: "prod")
                ], inputSchema: ["type": "object"])
            let enabled = tool
            tool.isEnabled = false
            let disabled = tool
            let provider = FactProvider(name: "rows", kind: .sqliteCount, location: "/var/a.sqlite")
            let freezes = [
                Freeze(scope: .everything, by: "person:ann", reason: "drill\0", at: Sample.time(1)),
                Freeze(scope: .tool("shop___refund"), by: "operator", reason: "", at: Sample.time(2)),
            ]
            try await store.write("test") { transaction in
                try transaction.save(enabled)
                try transaction.save(disabled)
                try transaction.save(provider)
                for freeze in freezes + freezes { try transaction.save(freeze) }
            }
            try expectEqual(try await store.read { try $0.tool(server: "shop", name: "refund") }, disabled, "the tool")
            try expectEqual(try await store.read { try $0.tools() }, [disabled], "the tools")
            try expectEqual(try await store.read { try $0.factProvider("rows") }, provider, "the provider")
            try expectEqual(try await store.read { try $0.factProviders() }, [provider], "the providers")
            try expectEqual(try await store.read { try $0.freezes() }, freezes, "the freezes")
            try await store.write("test") { try $0.removeFreeze(.everything) }
            try expectEqual(try await store.read { try $0.freezes() }, [freezes[1]], "what is left")
        },
        Rule("the policy set last is in force; earlier ones are kept") { subject in
            let store = subject.store
            try expect(try await store.read { try $0.policyInForce() } == nil, "a policy out of nothing")
            let versions = [1, 2, 1].enumerated().map { index, number in
                PolicyVersion(
                    digest: Sample.digest(number), source: "permit\0(\(String(number)))", loadedAt: Sample.time(index),
                    loadedBy: "person:ann", scenarios: index == 1 ? nil : ["scenarios": [.integer(Int64(index))]])
            }
            for version in versions {
                try await store.write("test") { try $0.setPolicy(version) }
                try expectEqual(try await store.read { try $0.policyInForce() }, version, "the policy in force")
                try expectEqual(try await store.read { try $0.policyDigestInForce() }, version.digest, "its digest")
            }
            try expectEqual(try await store.read { try $0.policy(Sample.digest(2)) }, versions[1], "the earlier one")
            try expect(try await store.read { try $0.policy(Sample.digest(3)) } == nil, "an unknown digest")
            try expectEqual(try await store.read { try $0.policies(limit: 9) }, versions.reversed(), "all of them")
            try expectEqual(try await store.read { try $0.policies(limit: 1) }, [versions[2]], "the newest alone")
        },
    ]

    static let changeRules: [Rule] = [
        Rule("a change is confirmed against the number of confirmations that was read, and ends once") { subject in
            let store = subject.store
            let ann: PersonID = try Sample.name("ann")
            let proposal = ChangeProposal(
                id: Sample.id(1), change: .loadPolicy(source: "permit\0"), proposedBy: "person:ann",
                createdAt: Sample.time(1), expiresAt: Sample.time(2))
            var confirmed = proposal
            confirmed.confirmations = [
                .init(person: ann, decision: .approve, at: Sample.time(2), evidence: Sample.evidence(1))
            ]
            var applied = confirmed
            applied.status = .applied
            let (first, last) = (confirmed, applied)
            try await store.write("test") { try $0.insert(proposal) }
            let answers = try await store.write("test") { transaction in
                [
                    try transaction.update(first, expectingConfirmations: 1),
                    try transaction.update(first, expectingConfirmations: 0),
                    try transaction.update(last, expectingConfirmations: 0),
                    try transaction.update(last, expectingConfirmations: 1),
                    try transaction.update(first, expectingConfirmations: 1),
                ]
            }
            try expectEqual(answers, [false, true, false, true, false], "what each call said")
            try expectEqual(try await store.read { try $0.change(proposal.id) }, last, "the change")
        },
        Rule("changes are listed by status, the newest first") { subject in
            let store = subject.store
            let changes = (1...4).map { number in
                ChangeProposal(
                    id: Sample.id(number), change: .thaw(.everything), proposedBy: "operator",
                    createdAt: Sample.time(number), expiresAt: Sample.time(99),
                    status: number == 2 ? .applied : .proposed)
            }
            try await store.write("test") { transaction in for change in changes { try transaction.insert(change) } }
            let (all, proposed, applied) = try await store.read { reader in
                (
                    try reader.changes(status: nil, limit: 3), try reader.changes(status: .proposed, limit: 2),
                    try reader.changes(status: .applied, limit: 9)
                )
            }
            try expectEqual(all, [changes[3], changes[2], changes[1]], "all")
            try expectEqual(proposed, [changes[3], changes[2]], "proposed")
            try expectEqual(applied, [changes[1]], "applied")
        },
    ]
}
