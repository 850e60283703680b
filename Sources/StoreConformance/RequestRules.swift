import AuthorityPorts
import CanonicalEncoding
import DomainModel

extension StoreConformanceSuite {
    static let requestRules: [Rule] = [
        Rule("a request comes back as it was inserted, every member of it") { subject in
            var request = try Sample.granted(1)
            request.progress.endReason = .superseded
            request.progress.supersededBy = Sample.id(2)
            let wanted = request
            try await subject.store.write("test") { try $0.insert(wanted, idempotency: nil) }
            try expectEqual(try await subject.store.read { try $0.request(wanted.id) }, wanted, "the request")
        },
        Rule("an unknown handle finds nothing") { subject in
            let isNothing = try await subject.store.read { reader in
                try reader.request(Sample.id(1)) == nil && reader.execution(Sample.id(1)) == nil
                    && reader.votes(on: Sample.id(1)).isEmpty && reader.ceremony(Sample.id(1)) == nil
                    && reader.change(Sample.id(1)) == nil && reader.reviews(limit: 10).isEmpty
            }
            try expect(isNothing, "something was found")
        },
        Rule("a handle is inserted once") { subject in
            let request = try Sample.request(1)
            try await subject.store.write("test") { try $0.insert(request, idempotency: nil) }
            try await expectAlreadyExists("the same handle") {
                try await subject.store.write("test") { try $0.insert(request, idempotency: nil) }
            }
        },
        Rule("an idempotency key is one agent's, makes one request, and is compared by bytes") { subject in
            let store = subject.store
            let key: Text = "k\u{E9}y\0a"
            let (first, second) = (try Sample.request(1), try Sample.request(2))
            let other = try Sample.request(3, agent: "other")
            try await store.write("test") { try $0.insert(first, idempotency: (key, Sample.digest(1))) }
            try await expectAlreadyExists("the same key") {
                try await store.write("test") { try $0.insert(second, idempotency: (key, Sample.digest(1))) }
            }
            try await store.write("test") { transaction in
                try transaction.insert(second, idempotency: ("ke\u{301}y\0a", Sample.digest(2)))
                try transaction.insert(other, idempotency: (key, Sample.digest(3)))
            }
            let agent = first.submission.agent
            let (found, stranger) = try await store.read { reader in
                (
                    try reader.request(agent: agent, idempotencyKey: key),
                    try reader.request(agent: agent, idempotencyKey: "k\u{E9}y\0b")
                )
            }
            try expectEqual(found?.request, first.id, "the request of the key")
            try expectEqual(found?.bodyDigest, Sample.digest(1), "the digest of the body")
            try expect(stranger == nil, "a key that differs after a NUL found something")
        },
        Rule("an update counts only against the revision that it has read") { subject in
            let store = subject.store
            let request = try Sample.request(1)
            try await store.write("test") { try $0.insert(request, idempotency: nil) }
            var progress = request.progress
            progress.status = .approved
            progress.revision = 2
            progress.expiresAt = Sample.time(5000)
            let wanted = progress
            let (first, again, unknown) = try await store.write("test") { transaction in
                (
                    try transaction.update(request.id, to: wanted, expecting: 1),
                    try transaction.update(request.id, to: wanted, expecting: 1),
                    try transaction.update(Sample.id(9), to: wanted, expecting: 1)
                )
            }
            try expect(first && !again && !unknown, "updates: \(first) \(again) \(unknown)")
            try expectEqual(try await store.read { try $0.request(request.id)?.progress }, wanted, "the progress")
        },
        Rule("a terminal request stays as it ended") { subject in
            var request = try Sample.request(1)
            request.progress.status = .denied
            let (ended, store) = (request, subject.store)
            try await store.write("test") { try $0.insert(ended, idempotency: nil) }
            var progress = ended.progress
            progress.status = .approved
            progress.revision = 2
            let reopened = progress
            let moved = try? await store.write("test") { try $0.update(ended.id, to: reopened, expecting: 1) }
            try expect(moved != true, "a denied request was approved")
            try expectEqual(try await store.read { try $0.request(ended.id)?.progress }, ended.progress, "the progress")
        },
        Rule("votes come back in the order in which they were cast, withdrawn ones included") { subject in
            let store = subject.store
            let request = try Sample.request(1)
            let votes = [
                try Sample.vote(9, on: request.id, by: "ann"), try Sample.vote(3, on: request.id, by: "bob"),
                try Sample.vote(5, on: request.id, by: "cat"),
            ]
            let bob: PersonID = try Sample.name("bob")
            try await store.write("test") { transaction in
                try transaction.insert(request, idempotency: nil)
                for vote in votes { try transaction.insert(vote) }
            }
            try await expectAlreadyExists("a second vote that counts") {
                try await store.write("test") { try $0.insert(votes[1]) }
            }
            let (first, again) = try await store.write("test") { transaction in
                (
                    try transaction.withdrawVote(on: request.id, by: bob, at: Sample.time(20)),
                    try transaction.withdrawVote(on: request.id, by: bob, at: Sample.time(30))
                )
            }
            try expect(first && !again, "withdrawals: \(first) \(again)")
            try await store.write("test") { try $0.insert(votes[1]) }
            var withdrawn = votes[1]
            withdrawn.withdrawnAt = Sample.time(20)
            try expectEqual(
                try await store.read { try $0.votes(on: request.id) }, [votes[0], withdrawn, votes[2], votes[1]],
                "the votes")
        },
        Rule("a vote that has lapsed is kept as it was and makes room for another one of its person") { subject in
            let store = subject.store
            let request = try Sample.request(1)
            let ann: PersonID = try Sample.name("ann")
            let first = try Sample.vote(5, on: request.id, by: "ann")
            try await store.write("test") { transaction in
                try transaction.insert(request, idempotency: nil)
                try transaction.insert(first)
            }
            // The last moment at which it counts; at its expiry it does not.
            let (early, again) = (
                try Sample.vote(5 + 3599, on: request.id, by: "ann"),
                try Sample.vote(5 + 3600, on: request.id, by: "ann")
            )
            try await expectAlreadyExists("a second vote that counts") {
                try await store.write("test") { try $0.insert(early) }
            }
            let isWithdrawn = try await store.write("test") {
                try $0.withdrawVote(on: request.id, by: ann, at: first.expiresAt)
            }
            try expect(!isWithdrawn, "a lapsed vote was withdrawn")
            try await store.write("test") { try $0.insert(again) }
            try await expectAlreadyExists("a third vote beside the second") {
                try await store.write("test") { try $0.insert(again) }
            }
            try expectEqual(try await store.read { try $0.votes(on: request.id) }, [first, again], "the votes")
        },
        Rule("a denial does not lapse") { subject in
            let store = subject.store
            let request = try Sample.request(1)
            var denial = try Sample.vote(5, on: request.id, by: "ann")
            denial.decision = .deny
            let cast = denial
            try await store.write("test") { transaction in
                try transaction.insert(request, idempotency: nil)
                try transaction.insert(cast)
            }
            let later = try Sample.vote(5 + 3600, on: request.id, by: "ann")
            try await expectAlreadyExists("an approval after a denial") {
                try await store.write("test") { try $0.insert(later) }
            }
        },
    ]
}
