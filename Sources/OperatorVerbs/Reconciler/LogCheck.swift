import CanonicalEncoding
import DomainModel
import TransparencyLog

/// S9 and S10: the log is whole, its hashes are right, and objects and entries match one to one.
struct LogCheck {
    var store: RecordedStore

    func run(_ findings: inout Findings) {
        var epoch: Int64 = 0
        for (index, entry) in store.entries.enumerated() {
            let name = "log entry \(entry.position)"
            findings.expect(entry.position == Int64(index), "S10", name, "stands at place \(index)")
            findings.expect(
                entry.leafHash == MerkleHash.leaf(entry.bytes).bytes, "S10", name,
                "its leaf hash is not that of its bytes")
            guard let json = entry.json else {
                findings.broken("S10", name, "is no JSON")
                continue
            }
            findings.expect(CanonicalJSON.encode(json) == entry.bytes, "S10", name, "is not canonical")
            findings.expect(json["subject"]?.textValue == entry.subject, "S10", name, "is filed under another subject")
            let own = json["epoch"]?.integerValue ?? 0
            findings.expect(own >= epoch && own <= store.epoch, "S14", name, "has epoch \(own) after \(epoch)")
            epoch = max(epoch, own)
        }
        checkSubjects(&findings)
    }

    /// Every handle that the log names is there, and everything that is there has its entry.
    private func checkSubjects(_ findings: inout Findings) {
        let subjects = store.entriesBySubject
        expectEqual(subjects, "req_", Set(store.requests.map(\.id.text)), "request", &findings)
        expectEqual(subjects, "exe_", Set(store.executions.map(\.id.text)), "execution", &findings)
        expectEqual(subjects, "rev_", Set(store.reviews.map { Text($0.id) }), "review", &findings)
        expectEqual(subjects, "chg_", Set(store.changes.map(\.id.text)), "change", &findings)
        checkVotes(subjects, &findings)
        let passkeys = store.passkeys.map { Text("passkey:\(Base64URL.encode($0.credentialID))") }
        expectEqual(subjects, "passkey:", Set(passkeys), "passkey", &findings)
    }

    /// Whose vote lapsed and who voted again has several votes under one subject: each has its entry, by its signature.
    private func checkVotes(_ subjects: [Text: [RecordedStore.Entry]], _ findings: inout Findings) {
        let votes = Dictionary(grouping: store.votes) {
            Text("vote:\($0.request):\($0.person):\($0.decision.rawValue)")
        }
        for (subject, cast) in votes {
            let logged = (subjects[subject] ?? []).map { $0.body?["signature"]?.textValue }
            let signatures = cast.map { Text(Digest(sha256: $0.evidence.signature).wire) }
            findings.expect(
                logged == signatures, "S9", subject, "has \(cast.count) votes and other log entries than theirs")
        }
        expectEqual(subjects, "vote:", Set(votes.keys), "vote", &findings)
    }

    private func expectEqual(
        _ subjects: [Text: [RecordedStore.Entry]], _ prefix: String, _ objects: Set<Text>, _ noun: String,
        _ findings: inout Findings
    ) {
        let logged = Set(subjects.keys.filter { $0.utf8.starts(with: prefix.utf8) })
        for missing in objects.subtracting(logged) {
            findings.broken("S9", missing, "is a \(noun) without a log entry")
        }
        for orphan in logged.subtracting(objects) { findings.broken("S9", orphan, "is in the log and nowhere else") }
    }
}
