import AuthorityPorts
import CanonicalEncoding
import DomainModel

extension StoreConformanceSuite {
    /// One condition of a claim, and how to make it wrong.
    private struct WrongClaim: Sendable {
        let name: String
        let spoil: @Sendable (inout ClaimGuardAndExecution) -> Void
    }

    private static let wrongClaims: [WrongClaim] = [
        WrongClaim(name: "digest") { claim in
            let digest = Sample.digest(99)
            claim.guarded.digest = digest
            let execution = claim.execution
            claim.execution = Execution(
                id: execution.id, request: execution.request, executor: execution.executor, digest: digest,
                claimedAt: execution.claimedAt, deadline: execution.deadline)
        },
        WrongClaim(name: "key") { $0.guarded.keyThumbprint = "another" },
        WrongClaim(name: "key cut by a NUL") { $0.guarded.keyThumbprint = "key-1\0" },
        WrongClaim(name: "txn") { $0.guarded.txn = "txn-2" },
        WrongClaim(name: "token") { $0.guarded.tokenID = "jti-2" },
        WrongClaim(name: "epoch") { $0.guarded.epoch += 1 },
        WrongClaim(name: "revision") { $0.guarded.revision += 1 },
        WrongClaim(name: "token's end") { $0.guarded.now = Sample.time(61) },
        WrongClaim(name: "request's end") { $0.guarded.now = Sample.time(1001) },
    ]

    private static func claim(
        _ store: any Store, _ claim: ClaimGuardAndExecution, key: Text? = nil
    ) async throws -> Bool {
        try await store.write("test") { transaction in
            try transaction.claim(
                claim.guarded, execution: claim.execution, idempotency: key.map { ($0, Sample.digest(5)) })
        }
    }

    static let claimRules: [Rule] = [
        Rule("a claim makes the request executing and inserts the execution, in one step") { subject in
            let store = subject.store
            let request = try Sample.granted(1)
            let good = try Sample.claim(request, at: Sample.time(60).adding(milliseconds: 999))
            try await store.write("test") { try $0.insert(request, idempotency: nil) }
            try expect(try await claim(store, good, key: "a\0b"), "the claim was refused")
            let (found, execution, byKey) = try await store.read { reader in
                (
                    try reader.request(request.id), try reader.execution(good.execution.id),
                    try reader.execution(executor: good.execution.executor, idempotencyKey: "a\0b")
                )
            }
            try expectEqual(found?.progress.status, .executing, "the status")
            try expectEqual(found?.progress.revision, 2, "the revision")
            try expectEqual(found?.progress.execution, good.execution.id, "the request's execution")
            try expectEqual(found?.progress.updatedAt, good.guarded.now, "the time")
            try expectEqual(execution, good.execution, "the execution")
            try expectEqual(byKey?.execution, good.execution, "the execution of the key")
            try expectEqual(byKey?.bodyDigest, Sample.digest(5), "the digest of the body")
        },
        Rule("a claim with any one condition wrong changes nothing") { subject in
            let store = subject.store
            let request = try Sample.granted(1)
            try await store.write("test") { try $0.insert(request, idempotency: nil) }
            for wrong in wrongClaims {
                var spoiled = try Sample.claim(request, at: Sample.time(10))
                wrong.spoil(&spoiled)
                try expect(try await !claim(store, spoiled), "a claim with a wrong \(wrong.name) won")
            }
            try expectEqual(try await store.read { try $0.request(request.id) }, request, "the request")
            try expect(try await claim(store, try Sample.claim(request, at: Sample.time(10))), "the right one lost")
        },
        Rule("only a granted request can be claimed") { subject in
            let store = subject.store
            for (index, status) in RequestStatus.allCases.enumerated() where status != .granted {
                var request = try Sample.granted(index + 1)
                request.progress.status = status
                if status == .executing { request.progress.execution = Sample.id(index + 1) }
                let other = request
                try await store.write("test") { try $0.insert(other, idempotency: nil) }
                let attempt = try Sample.claim(other, at: Sample.time(index + 2))
                try expect(try await !claim(store, attempt), "a claim of a request that is \(status) won")
            }
        },
        Rule("the request's own end counts where it comes before the token's") { subject in
            var request = try Sample.granted(1)
            request.progress.expiresAt = Sample.time(20)
            let granted = request
            try await subject.store.write("test") { try $0.insert(granted, idempotency: nil) }
            let late = try Sample.claim(granted, at: Sample.time(20))
            try expect(try await !claim(subject.store, late), "a claim at the end of the request won")
        },
        Rule("of 64 claims at once one wins") { subject in
            let store = subject.store
            let request = try Sample.granted(1)
            try await store.write("test") { try $0.insert(request, idempotency: nil) }
            guard let grant = request.progress.grant else { throw BrokenRule(description: "no grant") }
            let wins = try await withThrowingTaskGroup(of: Bool.self) { group in
                for number in 0..<64 {
                    let attempt = ClaimGuardAndExecution(
                        request: request, grant: grant, now: Sample.time(10), number: number)
                    group.addTask { try await claim(store, attempt, key: "\(String(number))") }
                }
                return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            try expectEqual(wins, 1, "claims that won")
            let executions = try await store.read { try $0.executionsDue(at: Sample.time(99_999), limit: 100) }
            try expectEqual(executions.count, 1, "executions")
        },
        Rule("no update makes a request executing: that is the claim's alone") { subject in
            let request = try Sample.granted(1)
            var progress = request.progress
            progress.status = .executing
            progress.revision = 2
            progress.execution = Sample.id(1)
            let (forged, store) = (progress, subject.store)
            try await store.write("test") { try $0.insert(request, idempotency: nil) }
            let moved = try? await store.write("test") { try $0.update(request.id, to: forged, expecting: 1) }
            try expect(moved != true, "an update claimed the request")
        },
    ]

    static let executionRules: [Rule] = [
        Rule("an execution ends once, and keeps the first completion that came too late") { subject in
            let store = subject.store
            let request = try Sample.granted(1)
            let good = try Sample.claim(request, at: Sample.time(10))
            try await store.write("test") { try $0.insert(request, idempotency: nil) }
            try expect(try await claim(store, good), "the claim was refused")
            let id = good.execution.id
            let answers = try await store.write("test") { transaction in
                [
                    try transaction.finish(Sample.id(99), as: .completed, completion: nil),
                    try transaction.finish(id, as: .completed, completion: Sample.completion(20)),
                    try transaction.finish(id, as: .failed, completion: nil),
                    try transaction.keepLateCompletion(Sample.completion(30), of: id),
                    try transaction.keepLateCompletion(Sample.completion(40), of: id),
                ]
            }
            try expectEqual(answers, [false, true, false, true, false], "what each call said")
            var wanted = good.execution
            wanted.status = .completed
            wanted.completion = Sample.completion(20)
            wanted.lateCompletion = Sample.completion(30)
            try expectEqual(try await store.read { try $0.execution(id) }, wanted, "the execution")
        },
        Rule("an execution is due from its deadline on, until it ends") { subject in
            let store = subject.store
            let request = try Sample.granted(1)
            let good = try Sample.claim(request, at: Sample.time(10))
            try await store.write("test") { try $0.insert(request, idempotency: nil) }
            try expect(try await claim(store, good), "the claim was refused")
            let deadline = good.execution.deadline
            let early = try await store.read { reader in
                try reader.executionsDue(at: deadline.adding(milliseconds: -1), limit: 10)
            }
            let due = try await store.read { try $0.executionsDue(at: deadline, limit: 10) }
            try expect(early.isEmpty, "due before the deadline")
            try expectEqual(due, [good.execution.id], "due at the deadline")
            _ = try await store.write("test") { try $0.finish(good.execution.id, as: .unknown, completion: nil) }
            try expect(
                try await store.read { try $0.executionsDue(at: deadline, limit: 10) }.isEmpty, "due after its end")
        },
        Rule("reviews come back as they were opened, the newest first") { subject in
            let store = subject.store
            let request = try Sample.granted(1)
            let good = try Sample.claim(request, at: Sample.time(10))
            let reviews = [Review.Cause.noEffect, .lateCompletion, .unknown].enumerated().map { index, cause in
                Review(
                    id: Sample.id(index), execution: good.execution.id, request: request.id, cause: cause,
                    openedAt: Sample.time(index), dueAt: Sample.time(index + 86_400))
            }
            try await store.write("test") { try $0.insert(request, idempotency: nil) }
            try expect(try await claim(store, good), "the claim was refused")
            try await store.write("test") { transaction in for review in reviews { try transaction.insert(review) } }
            try expectEqual(try await store.read { try $0.reviews(limit: 2) }, [reviews[2], reviews[1]], "the reviews")
        },
    ]
}
