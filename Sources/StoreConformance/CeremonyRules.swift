import AuthorityPorts
import CanonicalEncoding
import DomainModel

extension StoreConformanceSuite {
    static let ceremonyRules: [Rule] = [
        Rule("a ceremony of every purpose is taken once, even by many at a time") { subject in
            let store = subject.store
            let ann: PersonID = try Sample.name("ann")
            let purposes: [Ceremony.Purpose] = [
                .enrolment(ann), .vote(Sample.id(1), ann), .change(Sample.id(1), ann),
            ]
            for (number, purpose) in purposes.enumerated() {
                let ceremony = Ceremony(
                    id: Sample.id(number), purpose: purpose, statement: ["nonce": "\0", "n": 1],
                    expiresAt: Sample.time(9))
                try await store.write("test") { try $0.insert(ceremony) }
                try expectEqual(try await store.read { try $0.ceremony(ceremony.id) }, ceremony, "the ceremony")
                let taken = try await withThrowingTaskGroup(of: Ceremony?.self) { group in
                    for _ in 0..<16 {
                        group.addTask { try await store.write("test") { try $0.takeCeremony(ceremony.id) } }
                    }
                    return try await group.reduce(into: [Ceremony]()) { if let taken = $1 { $0.append(taken) } }
                }
                try expectEqual(taken, [ceremony], "who took it")
                try expect(try await store.read { try $0.ceremony(ceremony.id) } == nil, "it is still there")
            }
        },
        Rule("sessions are found by their token and removed one by one or by person") { subject in
            let store = subject.store
            let sessions = try ["ann", "ann", "bob", "cat"].enumerated().map { index, name in
                ConsoleSession(
                    tokenDigest: Sample.digest(index), person: try Sample.name(name), createdAt: Sample.time(1),
                    expiresAt: Sample.time(2))
            }
            let ann: PersonID = try Sample.name("ann")
            try await store.write("test") { transaction in
                for session in sessions { try transaction.insert(session) }
                try transaction.removeSessions(of: ann)
                try transaction.removeSession(tokenDigest: Sample.digest(3))
            }
            let found = try await store.read { reader in
                try (0..<4).map { try reader.session(tokenDigest: Sample.digest($0)) }
            }
            try expectEqual(found, [nil, nil, sessions[2], nil], "the sessions")
        },
        Rule("an enrolment link is used once") { subject in
            let store = subject.store
            let link = EnrolmentLink(
                tokenDigest: Sample.digest(1), person: try Sample.name("ann"), createdAt: Sample.time(1),
                expiresAt: Sample.time(9))
            let answers = try await store.write("test") { transaction in
                try transaction.insert(link)
                return [
                    try transaction.useEnrolmentLink(tokenDigest: Sample.digest(2), at: Sample.time(2)),
                    try transaction.useEnrolmentLink(tokenDigest: Sample.digest(1), at: Sample.time(3)),
                    try transaction.useEnrolmentLink(tokenDigest: Sample.digest(1), at: Sample.time(4)),
                ]
            }
            try expectEqual(answers, [false, true, false], "what each call said")
            let found = try await store.read { try $0.enrolmentLink(tokenDigest: Sample.digest(1)) }
            try expectEqual(found?.usedAt, Sample.time(3), "when it was used")
        },
        Rule("a key is remembered once for each kind, whoever comes at the same time") { subject in
            let store = subject.store
            for kind in OnceKind.allCases {
                let news = try await withThrowingTaskGroup(of: Bool.self) { group in
                    for number in 0..<32 {
                        group.addTask {
                            try await store.write("test") {
                                try $0.remember(kind, Sample.digest(1), until: Sample.time(number))
                            }
                        }
                    }
                    return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
                }
                try expectEqual(news, 1, "callers to whom it was new")
                let (known, unknown) = try await store.read { reader in
                    (try reader.isRemembered(kind, Sample.digest(1)), try reader.isRemembered(kind, Sample.digest(2)))
                }
                try expect(known && !unknown, "what is remembered: \(known) \(unknown)")
            }
        },
        Rule("what lapsed is forgotten, at the millisecond, and nothing else") { subject in
            let store = subject.store
            let ann: PersonID = try Sample.name("ann")
            let (now, later) = (Sample.time(5), Sample.time(5).adding(milliseconds: 1))
            try await store.write("test") { transaction in
                for (number, end) in [now, later].enumerated() {
                    let digest = Sample.digest(number)
                    try transaction.insert(
                        Ceremony(id: Sample.id(number), purpose: .enrolment(ann), statement: [:], expiresAt: end))
                    try transaction.insert(
                        ConsoleSession(tokenDigest: digest, person: ann, createdAt: Sample.start, expiresAt: end))
                    try transaction.insert(
                        EnrolmentLink(tokenDigest: digest, person: ann, createdAt: Sample.start, expiresAt: end))
                    _ = try transaction.remember(.proof, digest, until: end)
                }
                try transaction.forgetLapsed(at: now)
            }
            let left = try await store.read { reader in
                try (0..<2).map { number in
                    let digest = Sample.digest(number)
                    return [
                        try reader.ceremony(Sample.id(number)) != nil, try reader.session(tokenDigest: digest) != nil,
                        try reader.enrolmentLink(tokenDigest: digest) != nil, try reader.isRemembered(.proof, digest),
                    ]
                }
            }
            try expectEqual(left, [[false, false, false, false], [true, true, true, true]], "what is left")
        },
    ]
}
