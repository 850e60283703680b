import ApprovalWorkflow
import CanonicalEncoding
import DomainModel
import Testing

@Suite struct EligibilityTests {
    static let created = Sample.now
    static let before = Timestamp(milliseconds: created.milliseconds - 1)

    static func voter(
        _ name: Text = "ada", groups: [(Text, Timestamp)] = [("finance", before)], roles: Set<Role> = [.approver],
        passkeyAt: Timestamp = before
    ) throws -> VoterFacts {
        let id = try Sample.person(name)
        return VoterFacts(
            person: Person(id: id, name: "Ada", roles: roles, createdAt: before), passkeyCreatedAt: passkeyAt,
            memberships: try groups.map {
                Membership(group: try Sample.group($0.0), member: .person(id), addedAt: $0.1)
            }, assurance: 1)
    }

    static func separation(
        owner: Text = "olga", keyCreator: Text = "kim", delegators: [Text] = [], ownerMayApprove: Bool = false
    ) throws -> Separation {
        Separation(
            owner: try Sample.person(owner), keyCreators: [try Sample.person(keyCreator)],
            delegators: try delegators.map(Sample.person), ownerMayApprove: ownerMayApprove)
    }

    static func standing(
        _ voter: VoterFacts, _ requirement: ApprovalRequirement? = nil, _ separation: Separation? = nil
    ) throws -> Result<[GroupID], WorkflowRefusal> {
        Eligibility.standing(
            of: voter, for: try requirement ?? Sample.requirement([("finance", 1), ("security", 1)]), request: created,
            separation: try separation ?? Self.separation())
    }

    @Test func `a member since before the request may vote for the groups that the policy names`() throws {
        let voter = try Self.voter(groups: [
            ("security", Self.before), ("other", Self.before), ("finance", Self.before),
        ])
        #expect(try Self.standing(voter).get().map(\.description) == ["finance", "security"])
    }

    @Test func `membership and passkey are older than the request by a millisecond at least`() throws {
        #expect(try Self.standing(Self.voter(groups: [("finance", Self.created)])) == .failure(.addedTooLate))
        #expect(try Self.standing(Self.voter(passkeyAt: Self.created)) == .failure(.enrolledTooLate))
        let mixed = try Self.voter(groups: [("finance", Self.created), ("security", Self.before)])
        #expect(try Self.standing(mixed).get().map(\.description) == ["security"])
    }

    @Test func `only active people with the role of an approver vote`() throws {
        var disabled = try Self.voter()
        disabled.person.disabledAt = Self.before
        #expect(try Self.standing(disabled) == .failure(.personDisabled))
        for roles: Set<Role> in [[], [.administrator], [.auditor], [.administrator, .auditor]] {
            #expect(try Self.standing(Self.voter(roles: roles)) == .failure(.notAnApprover))
        }
    }

    @Test func `foreign groups and the memberships of others give nothing`() throws {
        #expect(try Self.standing(Self.voter(groups: [])) == .failure(.notEligible))
        #expect(try Self.standing(Self.voter(groups: [("other", Self.before)])) == .failure(.notEligible))
        var voter = try Self.voter()
        let group = try Sample.group("finance")
        voter.memberships = [
            Membership(group: group, member: .person(try Sample.person("ben")), addedAt: Self.before),
            Membership(group: group, member: .agent(try #require(AgentID("ada"))), addedAt: Self.before),
        ]
        #expect(try Self.standing(voter) == .failure(.notEligible))
        #expect(try Self.standing(Self.voter(), Sample.requirement([])) == .failure(.notEligible))
    }

    @Test func `the passkey is as strong as the rule asks, and never below one`() throws {
        var voter = try Self.voter()
        let strong = try Sample.requirement([("finance", 1)], assurance: 2)
        #expect(try Self.standing(voter, strong) == .failure(.assuranceTooLow))
        voter.assurance = 2
        #expect(throws: Never.self) { try Self.standing(voter, strong).get() }
        voter.assurance = 0
        #expect(
            try Self.standing(voter, Sample.requirement([("finance", 1)], assurance: 0)) == .failure(.assuranceTooLow))
    }

    @Test(
        arguments: [
            ("ada", "kim", [], WorkflowRefusal.owner), ("olga", "ada", [], .keyCreator),
            ("olga", "kim", ["ada"], .delegator),
            ("olga", "kim", ["zoe", "ada"], .delegator), ("ada", "ada", ["ada"], .owner),
        ] as [(Text, Text, [Text], WorkflowRefusal)])
    func `owner, creator of the key and delegators do not approve`(
        owner: Text, keyCreator: Text, delegators: [Text], expected: WorkflowRefusal
    ) throws {
        let separation = try Self.separation(owner: owner, keyCreator: keyCreator, delegators: delegators)
        #expect(try Self.standing(Self.voter(), nil, separation) == .failure(expected))
    }

    @Test func `an owner approves only where policy and caller both say so, and only as owner`() throws {
        let voter = try Self.voter()
        for (policySays, callerSays) in [(true, true), (true, false), (false, true), (false, false)] {
            let requirement = try Sample.requirement([("finance", 1)], ownerMayApprove: policySays)
            let separation = try Self.separation(owner: "ada", ownerMayApprove: callerSays)
            let standing = try Self.standing(voter, requirement, separation)
            #expect((try? standing.get()) != nil || standing == .failure(.owner))
            #expect(((try? standing.get()) != nil) == (policySays && callerSays))
        }
        let allowed = try Sample.requirement([("finance", 1)], ownerMayApprove: true)
        let creator = try Self.separation(owner: "ada", keyCreator: "ada", ownerMayApprove: true)
        #expect(try Self.standing(voter, allowed, creator) == .failure(.keyCreator))
        let delegator = try Self.separation(owner: "ada", delegators: ["ada"], ownerMayApprove: true)
        #expect(try Self.standing(voter, allowed, delegator) == .failure(.delegator))
    }

    @Test func `whoever is of a group may deny, however close or new; nobody else may`() throws {
        let requirement = try Sample.requirement([("finance", 1)], assurance: 2)
        var voter = try Self.voter(groups: [("finance", Self.created)], roles: [], passkeyAt: Self.created)
        #expect(Eligibility.veto(of: voter, for: requirement) == nil)
        voter.person.disabledAt = Self.before
        #expect(Eligibility.veto(of: voter, for: requirement) == .personDisabled)
        #expect(
            Eligibility.veto(of: try Self.voter(groups: [("other", Self.before)]), for: requirement) == .notEligible)
    }

    @Test func `every creator of the key is one`() throws {
        var separation = try Self.separation()
        separation.keyCreators = [try Sample.person("kim"), try Sample.person("ada")]
        #expect(try Self.standing(Self.voter(), nil, separation) == .failure(.keyCreator))
    }

    @Test func `refusal codes are distinct and explained`() {
        #expect(Set(WorkflowRefusal.allCases.map { Text($0.code) }).count == WorkflowRefusal.allCases.count)
        #expect(WorkflowRefusal.allCases.allSatisfy { !$0.explanation.isEmpty })
        #expect(WorkflowRefusal.owner.code == "separation_of_duties_owner")
        #expect(WorkflowRefusal.keyCreator.code == "separation_of_duties_key_creator")
        #expect(WorkflowRefusal.delegator.code == "separation_of_duties_delegator")
    }
}
