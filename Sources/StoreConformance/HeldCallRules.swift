import AuthorityPorts
import CanonicalEncoding
import DomainModel

extension StoreConformanceSuite {
    private static let answer = CanonicalDocument(["result": ["text": "a\0b", "half": 0.5]])

    /// A call that waits, with its request.
    private static func insert(
        _ number: Int, isTask: Bool = false, status: RequestStatus = .pending, into store: any Store
    ) async throws -> HeldCall {
        var request = try Sample.request(number)
        request.progress.status = status
        if status == .executing {
            request.progress.grant = try Sample.grant(number)
            request.progress.execution = Sample.id(number)
        }
        let call = HeldCall(request, isTask: isTask)
        let stored = request
        try await store.write("test") { transaction in
            try transaction.insert(stored, idempotency: nil)
            try transaction.insert(call)
        }
        return call
    }

    private static func same(_ call: HeldCall, at now: Timestamp, in store: any Store) async throws -> RequestID? {
        try await store.read { try $0.heldCall(sameAs: call, at: now)?.request }
    }

    static let heldCallRules: [Rule] = [
        Rule("a held call is kept whole, answered once and handed over once") { subject in
            let store = subject.store
            var call = try await insert(1, into: store)
            let now = Sample.time(5)
            let id = call.request
            try expect(try await !store.write("test") { try $0.handOver(id, at: now) }, "nothing was handed over")
            let until = call.expiresAt.adding(seconds: 60)
            try expect(try await store.write("test") { try $0.keep(answer, of: id, until: until) }, "it was not kept")
            try expect(
                try await !store.write("test") { try $0.keep(CanonicalDocument([:]), of: id, until: until) },
                "it was answered twice")
            call.answer = answer
            call.expiresAt = until
            try expectEqual(try await store.read { try $0.heldCall(id) }, call, "the answered call")
            try expect(try await store.write("test") { try $0.handOver(id, at: now) }, "it was not handed over")
            try expect(try await !store.write("test") { try $0.handOver(id, at: now) }, "it was handed over twice")
            call.handedOverAt = now
            let reopened = try await subject.reopen()
            try expectEqual(try await reopened.read { try $0.heldCall(id) }, call, "after opening again")
            try expect(try await reopened.read { try $0.heldCall(Sample.id(9)) } == nil, "another one is there")
        },
        Rule("an answer never shortens how long a call is kept") { subject in
            let store = subject.store
            let call = try await insert(1, into: store)
            _ = try await store.write("test") { try $0.keep(answer, of: call.request, until: Sample.start) }
            try expectEqual(
                try await store.read { try $0.heldCall(call.request)?.expiresAt }, call.expiresAt, "its end")
        },
        Rule("the same call of the same caller attaches while it can run, runs, or has an answer for somebody") {
            subject in
            let store = subject.store
            let call = try await insert(1, into: store)
            let (before, end) = (call.expiresAt.adding(milliseconds: -1), call.expiresAt)
            try expectEqual(try await same(call, at: before, in: store), call.request, "a waiting call")
            try expect(try await same(call, at: end, in: store) == nil, "it attached at its end")
            for other in [
                HeldCall(
                    request: call.request, agent: try Sample.name("another"), keyThumbprint: call.keyThumbprint,
                    proof: call.proof, digest: call.digest, createdAt: call.createdAt, isTask: false, expiresAt: end),
                HeldCall(
                    request: call.request, agent: call.agent, keyThumbprint: "key-1\0", proof: call.proof,
                    digest: call.digest, createdAt: call.createdAt, isTask: false, expiresAt: end),
                HeldCall(
                    request: call.request, agent: call.agent, keyThumbprint: call.keyThumbprint,
                    proof: call.proof, digest: Sample.digest(9), createdAt: call.createdAt, isTask: false,
                    expiresAt: end),
                HeldCall(
                    request: call.request, agent: call.agent, keyThumbprint: call.keyThumbprint,
                    proof: call.proof == .bearer ? .dpop : .bearer, digest: call.digest, createdAt: call.createdAt,
                    isTask: false, expiresAt: end),
            ] { try expect(try await same(other, at: before, in: store) == nil, "somebody else's call attached") }
            let running = try await insert(2, status: .executing, into: store)
            try expectEqual(
                try await same(running, at: Sample.time(9_999), in: store), running.request, "a running call")
            let ended = try await insert(3, status: .completed, into: store)
            try expect(try await same(ended, at: before, in: store) == nil, "an ended call without answer attached")
            let later = end.adding(seconds: 100)
            _ = try await store.write("test") { try $0.keep(answer, of: ended.request, until: later) }
            try expectEqual(
                try await same(ended, at: later.adding(milliseconds: -1), in: store), ended.request, "an answered call")
            try expect(try await same(ended, at: later, in: store) == nil, "an answer attached at its end")
            _ = try await store.write("test") { try $0.handOver(ended.request, at: before) }
            try expect(try await same(ended, at: before, in: store) == nil, "an answer that somebody has attached")
        },
        Rule("tasks are listed for their caller, and those that can still be claimed for whoever goes on with them") {
            subject in
            let store = subject.store
            let first = try await insert(1, isTask: true, into: store)
            let second = try await insert(2, into: store)
            _ = try await insert(3, isTask: true, status: .denied, into: store)
            try expectEqual(try await store.read { try $0.waitingTasks() }, [first.request], "what waits")
            try await store.write("test") { try $0.makeTask(second.request) }
            try expectEqual(
                try await store.read { try $0.waitingTasks() }, [first.request, second.request], "what waits now")
            let mine = try await store.read { reader in
                try reader.heldTasks(agent: first.agent, keyThumbprint: first.keyThumbprint, limit: 9)
            }
            try expectEqual(mine, [first.request], "the caller's tasks")
        },
        Rule("held calls are forgotten at their end unless they can still run, and soon after somebody has the answer")
        {
            subject in
            let store = subject.store
            let waiting = try await insert(1, into: store)
            let ended = try await insert(2, status: .denied, into: store)
            let answered = try await insert(3, status: .completed, into: store)
            let task = try await insert(4, isTask: true, status: .completed, into: store)
            let handed = Sample.time(100)
            try await store.write("test") { transaction in
                for call in [answered, task] {
                    _ = try transaction.keep(answer, of: call.request, until: call.expiresAt)
                    _ = try transaction.handOver(call.request, at: handed)
                }
                try transaction.forgetHeldCalls(at: handed, handedOver: handed.adding(milliseconds: -1))
            }
            func left() async throws -> [Bool] {
                try await store.read { reader in
                    try [waiting, ended, answered, task].map { try reader.heldCall($0.request) != nil }
                }
            }
            try expectEqual(try await left(), [true, true, true, true], "what is left at first")
            try await store.write("test") { try $0.forgetHeldCalls(at: handed, handedOver: handed) }
            try expectEqual(try await left(), [true, true, false, true], "what is left of what was handed over")
            try await store.write("test") { transaction in
                try transaction.forgetHeldCalls(at: ended.expiresAt, handedOver: handed)
            }
            try expectEqual(try await left(), [true, false, false, true], "what is left at the end of one")
            try await store.write("test") { transaction in
                try transaction.forgetHeldCalls(at: Sample.time(99_999), handedOver: handed)
            }
            try expectEqual(try await left(), [true, false, false, false], "what is left at the end")
        },
        Rule("what somebody executes is found by its executor, and how far a request has come without its body") {
            subject in
            let store = subject.store
            let request = try Sample.granted(1)
            let claim = try Sample.claim(request, at: Sample.time(10))
            try await store.write("test") { transaction in
                try transaction.insert(request, idempotency: nil)
                _ = try transaction.claim(claim.guarded, execution: claim.execution, idempotency: nil)
            }
            let executor = claim.execution.executor
            try expectEqual(
                try await store.read { try $0.executions(by: executor) }, [claim.execution.id], "what it executes")
            try expectEqual(
                try await store.read { try $0.executions(by: try Sample.name("another")) }, [], "what another does")
            let (progress, whole) = try await store.read { reader in
                (try reader.progress(of: request.id), try reader.request(request.id)?.progress)
            }
            try expectEqual(progress, whole, "the progress")
            _ = try await store.write("test") {
                try $0.finish(claim.execution.id, as: .completed, completion: Sample.completion(11))
            }
            try expectEqual(try await store.read { try $0.executions(by: executor) }, [], "what it executes then")
        },
    ]
}
