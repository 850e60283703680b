import CanonicalEncoding
import DomainModel
import PasskeyCeremonies
import Testing

@Suite struct StatementTests {
    private func change(_ decision: Decision = .approve) throws -> ChangeStatement {
        ChangeStatement(
            authority: CeremonyBench.authority(),
            subject: ChangeStatement.Subject(change: "chg_1", digest: Digest(sha256: [9])), decision: decision,
            approver: "ada", life: try CeremonyBench.life())
    }

    @Test func `a vote has exactly the members of the contract`() throws {
        let members = try #require(try CeremonyBench.vote().json.objectValue).members.map(\.name)
        #expect(
            Set(members) == [
                "type", "iss", "epoch", "request", "action", "rendering", "policy", "decision", "approver", "criteria",
                "issued_at", "expires_at", "nonce",
            ])
        #expect(try CeremonyBench.vote().json["issued_at"] == "2027-01-15T08:00:00.000Z")
    }

    @Test func `the challenge of a vote is the digest of its canonical JSON under the vote's domain`() throws {
        let statement = try CeremonyBench.vote()
        let message = Array("countersign.vote.v1".utf8) + [0] + CanonicalJSON.encode(statement.json)
        #expect(statement.challenge.bytes == Digest(sha256: message).bytes)
        #expect(statement.challenge.kind == .vote)
    }

    @Test func `every kind of ceremony has another challenge`() throws {
        let challenges = [
            try CeremonyBench.vote().challenge, try change().challenge,
            try CeremonyBench.entrance(.login).challenge, try CeremonyBench.entrance(.enrolment).challenge,
        ]
        #expect(Set(challenges.map(\.bytes)).count == 4)
        #expect(Set(challenges.map(\.kind)).count == 4)
    }

    @Test func `a statement is read back as it was written`() throws {
        let vote = try CeremonyBench.vote(.deny)
        #expect(try VoteStatement(json: vote.json) == vote)
        #expect(try ChangeStatement(json: try change(.deny).json) == change(.deny))
        for purpose in EntranceStatement.Purpose.allCases {
            let entrance = try CeremonyBench.entrance(purpose)
            #expect(try EntranceStatement(json: entrance.json, purpose: purpose) == entrance)
        }
    }

    @Test func `changing any member of a vote changes the challenge or is refused`() throws {
        let vote = try CeremonyBench.vote()
        let members = try #require(vote.json.objectValue)
        for member in members.members {
            for value: JSONValue in ["x", "", 1, .null, ["x"], "sha-256:", "approve", .bool(true)] {
                guard value != member.value else { continue }
                var bent = members
                bent[member.name] = value
                let read = try? VoteStatement(json: .object(bent))
                #expect(read?.challenge != vote.challenge)
            }
            var less = members
            less[member.name] = nil
            #expect(throws: CeremonyError.self) { try VoteStatement(json: .object(less)) }
        }
    }

    static let badMembers: [(Text, JSONValue)] = [
        ("extra", "x"), ("issued_at", "2027-01-15T09:00:00.000+01:00"), ("issued_at", "2027-01-15T08:00:00Z"),
        ("expires_at", "2027-01-15T08:00:00.000Z"), ("nonce", "AAAAAAAAAAAAAAAAAAAA"),
        ("nonce", "AAAAAAAAAAAAAAAAAAAAAB"), ("decision", "Approve"), ("criteria", ["a", 1]), ("approver", ""),
        ("action", "sha-256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB"),
    ]

    @Test(arguments: badMembers)
    func `an unknown member, another spelling or a value out of range is refused`(name: Text, value: JSONValue) throws {
        var members = try #require(try CeremonyBench.vote().json.objectValue)
        members[name] = value
        let error = #expect(throws: CeremonyError.self) { try VoteStatement(json: .object(members)) }
        #expect(error?.code == .malformedStatement)
    }

    @Test func `no statement is read as one of another kind`() throws {
        let all = [
            try CeremonyBench.vote().json, try change().json, try CeremonyBench.entrance(.login).json,
            try CeremonyBench.entrance(.enrolment).json,
        ]
        for (index, json) in all.enumerated() {
            #expect(((try? VoteStatement(json: json)) != nil) == (index == 0))
            #expect(((try? ChangeStatement(json: json)) != nil) == (index == 1))
            #expect(((try? EntranceStatement(json: json, purpose: .login)) != nil) == (index == 2))
            #expect(((try? EntranceStatement(json: json, purpose: .enrolment)) != nil) == (index == 3))
        }
    }

    @Test func `a nonce has 128 bits or more`() {
        let at = CeremonyBench.issuedAt
        let end = at.adding(seconds: 1)
        for (count, isGood) in [(0, false), (15, false), (16, true), (64, true), (65, false)] {
            let nonce = Array(repeating: UInt8(1), count: count)
            #expect(((try? StatementLife(issuedAt: at, expiresAt: end, nonce: nonce)) != nil) == isGood)
        }
        let nonce = Array(repeating: UInt8(1), count: 16)
        #expect(throws: CeremonyError.self) { try StatementLife(issuedAt: at, expiresAt: at, nonce: nonce) }
    }

    @Test func `a challenge can be answered for ten minutes to the millisecond, or until the statement ends`() throws {
        let at = CeremonyBench.issuedAt
        let life = try CeremonyBench.life()
        #expect(life.isAnswerable(at: at))
        #expect(!life.isAnswerable(at: at.adding(milliseconds: -1)))
        #expect(life.isAnswerable(at: at.adding(milliseconds: 599_999)))
        #expect(!life.isAnswerable(at: at.adding(milliseconds: 600_000)))
        let short = try StatementLife(issuedAt: at, expiresAt: at.adding(seconds: 5), nonce: life.nonce)
        #expect(short.isAnswerable(at: at.adding(milliseconds: 4_999)))
        #expect(!short.isAnswerable(at: at.adding(milliseconds: 5_000)))
    }
}
