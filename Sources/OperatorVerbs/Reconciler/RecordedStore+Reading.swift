import CanonicalEncoding
import DomainModel
import GRDB

extension RecordedStore {
    /// Reads everything in one snapshot. A row that does not parse is a finding and is left out.
    init(_ database: Database, _ findings: inout Findings) throws {
        epoch = try Int64.fetchOne(database, sql: "SELECT epoch FROM store") ?? 0
        for row in try Row.fetchAll(
            database,
            sql:
                "SELECT r.*, b.* FROM requests r LEFT JOIN request_bodies b ON b.request = r.id ORDER BY r.id"
        ) {
            guard let request = Request(row) else {
                findings.broken("S18", row.string("id") ?? "a request", "does not parse")
                continue
            }
            requests.append(request)
        }
        try readEvidence(database, &findings)
        try readHeldCalls(database, &findings)
        try readInventory(database, &findings)
        try readServers(database)
        entries = try Row.fetchAll(
            database, sql: "SELECT position, subject, bytes, leaf_hash FROM log ORDER BY position"
        )
        .map { row in
            let bytes = row.bytes("bytes") ?? []
            return Entry(
                position: row.integer("position") ?? -1, subject: row.text("subject") ?? "", bytes: bytes,
                leafHash: row.bytes("leaf_hash") ?? [], json: try? JSONReader.read(bytes, limits: .stored))
        }
        idempotency = try Row.fetchAll(database, sql: "SELECT kind, caller, object FROM idempotency").map {
            Idempotency(kind: $0.string("kind") ?? "", caller: $0.text("caller") ?? "", object: $0.text("object") ?? "")
        }
    }

    private mutating func readEvidence(_ database: Database, _ findings: inout Findings) throws {
        for row in try Row.fetchAll(database, sql: "SELECT * FROM votes ORDER BY position") {
            guard let vote = Vote(recorded: row) else {
                findings.broken("S1", "vote \(row.integer("position") ?? 0)", "does not parse")
                continue
            }
            votes.append(vote)
        }
        for row in try Row.fetchAll(database, sql: "SELECT * FROM executions ORDER BY id") {
            guard let execution = Execution(recorded: row) else {
                findings.broken("S2", row.string("id") ?? "an execution", "does not parse")
                continue
            }
            executions.append(execution)
        }
        reviews = try Row.fetchAll(database, sql: "SELECT id, execution, request, cause FROM reviews").map {
            ($0.string("id") ?? "", $0.string("execution") ?? "", $0.string("request") ?? "", $0.string("cause") ?? "")
        }
    }

    private mutating func readHeldCalls(_ database: Database, _ findings: inout Findings) throws {
        for row in try Row.fetchAll(database, sql: "SELECT * FROM held_calls ORDER BY request") {
            guard let request = row.text("request").flatMap(RequestID.init),
                let agent = row.text("agent").flatMap(AgentID.init), let key = row.text("key_thumbprint"),
                let digest = row.digest("digest"), let createdAt = row.time("created_at"),
                let expiresAt = row.time("expires_at"),
                let proof = row.string("proof").flatMap(CallerProof.init(rawValue:))
            else {
                findings.broken("S15", row.string("request") ?? "a held call", "does not parse")
                continue
            }
            heldCalls.append(
                HeldCall(
                    request: request, agent: agent, keyThumbprint: key, proof: proof, digest: digest,
                    createdAt: createdAt,
                    isTask: row.integer("is_task") == 1, expiresAt: expiresAt,
                    answer: row.string("answer").map { CanonicalDocument(uncheckedBytes: Array($0.utf8)) },
                    handedOverAt: row.time("handed_over_at")))
        }
    }

    private mutating func readServers(_ database: Database) throws {
        upstreams = Set(try Row.fetchAll(database, sql: "SELECT name FROM upstreams").compactMap { $0.text("name") })
        serverTools = try Row.fetchAll(database, sql: "SELECT server, name, tool FROM tools WHERE is_enabled = 1")
            .compactMap { row in
                guard let tool = row.document("tool"), tool["kind"] == "mcp" else { return nil }
                return (row.text("server") ?? "", row.text("name") ?? "", tool["tool"]?["definition"]?.textValue)
            }
        discovered = try Row.fetchAll(
            database,
            sql: """
                SELECT server, name, state, digest FROM discovered_tools WHERE position IN (
                    SELECT max(position) FROM discovered_tools GROUP BY server, name)
                """
        ).map { row in
            (
                row.text("server") ?? "", row.text("name") ?? "", row.string("state") ?? "",
                row.digest("digest").map { Text($0.wire) }
            )
        }
    }

    private mutating func readInventory(_ database: Database, _ findings: inout Findings) throws {
        for row in try Row.fetchAll(database, sql: "SELECT * FROM passkeys") {
            guard let passkey = Passkey(recorded: row) else {
                findings.broken("S7", "a passkey", "does not parse")
                continue
            }
            passkeys.append(passkey)
        }
        persons = try Row.fetchAll(database, sql: "SELECT * FROM persons").compactMap { Person(recorded: $0) }
        agents = try Row.fetchAll(database, sql: "SELECT id, owner, keys FROM agents").map { row in
            let keys = row.document("keys")?.arrayValue ?? []
            let creators = keys.compactMap { key in
                key["thumbprint"]?.textValue.map { print in
                    (print, Set((key["created_by"]?.arrayValue ?? []).compactMap(\.textValue)))
                }
            }
            return (row.text("id") ?? "", row.text("owner") ?? "", Dictionary(creators) { first, _ in first })
        }
        memberships = try Row.fetchAll(database, sql: "SELECT * FROM memberships").compactMap { row in
            guard let group = row.text("group_name").flatMap({ GroupID($0) }),
                let member = row.text("member").flatMap({ Membership.Member(key: $0) }), let at = row.time("added_at")
            else { return nil }
            return Membership(group: group, member: member, addedAt: at)
        }
        freezes = Set(try Row.fetchAll(database, sql: "SELECT scope FROM freezes").compactMap { $0.text("scope") })
        policies = Set(
            try Row.fetchAll(database, sql: "SELECT digest FROM policies").compactMap { $0.digest("digest") })
        for row in try Row.fetchAll(database, sql: "SELECT * FROM changes") {
            guard let change = ChangeProposal(recorded: row) else {
                findings.broken("S18", row.string("id") ?? "a change", "does not parse")
                continue
            }
            changes.append(change)
        }
    }
}

extension RecordedStore.Request {
    init?(_ row: Row) {
        guard let id = row.text("id").flatMap({ RequestID($0) }), let progress = Progress(recorded: row),
            let submitted = row.document("submission"), let action = row.document("action"),
            let submission = try? Submission(stored: submitted, action: CanonicalDocument(action)),
            let assessed = row.document("assessment"), let rendering = row.document("rendering"),
            let assessment = try? Assessment(stored: assessed, rendering: CanonicalDocument(rendering))
        else { return nil }
        self.init(
            id: id, progress: progress, agent: row.text("agent") ?? "", keyThumbprint: row.text("key_thumbprint") ?? "",
            digest: row.digest("digest"), epoch: row.integer("epoch") ?? 0, tier: row.text("tier") ?? "",
            createdAt: row.time("created_at") ?? Timestamp(milliseconds: 0), submission: submission,
            assessment: assessment)
    }
}

extension Progress {
    init?(recorded row: Row) {
        guard let status = row.string("status").flatMap({ RequestStatus(rawValue: $0) }),
            let revision = row.integer("revision"), let expiresAt = row.time("expires_at"),
            let updatedAt = row.time("updated_at")
        else { return nil }
        self.init(status: status, revision: revision, expiresAt: expiresAt, updatedAt: updatedAt)
        endReason = row.string("end_reason").flatMap { EndReason(rawValue: $0) }
        supersededBy = row.text("superseded_by").flatMap { RequestID($0) }
        execution = row.text("execution").flatMap { ExecutionID($0) }
        if let id = row.text("grant_id").flatMap({ GrantID($0) }), let txn = row.text("txn"),
            let audience = row.text("audience").flatMap({ AgentID($0) }), let token = row.text("token_id"),
            let until = row.time("token_expires_at")
        {
            grant = Grant(id: id, txn: txn, audience: audience, tokenID: token, tokenExpiresAt: until)
        }
    }
}

extension Vote {
    init?(recorded row: Row) {
        guard let request = row.text("request").flatMap({ RequestID($0) }),
            let person = row.text("person").flatMap({ PersonID($0) }),
            let decision = row.string("decision").flatMap({ Decision(rawValue: $0) }),
            let castAt = row.time("cast_at"), let expiresAt = row.time("expires_at"),
            let evidence = row.document("evidence").flatMap({ try? AssertionEvidence(json: $0) })
        else { return nil }
        self.init(
            request: request, person: person, decision: decision, castAt: castAt, expiresAt: expiresAt,
            assurance: row.integer("assurance") ?? 0, evidence: evidence, withdrawnAt: row.time("withdrawn_at"))
    }
}

extension Execution {
    init?(recorded row: Row) {
        guard let id = row.text("id").flatMap({ ExecutionID($0) }),
            let request = row.text("request").flatMap({ RequestID($0) }),
            let executor = row.text("executor").flatMap({ AgentID($0) }), let digest = row.digest("digest"),
            let claimedAt = row.time("claimed_at"), let deadline = row.time("deadline"),
            let status = row.string("status").flatMap({ Status(rawValue: $0) }),
            let aftermath = Self.aftermath(row)
        else { return nil }
        self.init(
            id: id, request: request, executor: executor, digest: digest, claimedAt: claimedAt, deadline: deadline,
            status: status, aftermath: aftermath)
        completion = row.document("completion").flatMap { try? Completion(json: $0) }
        lateCompletion = row.document("late_completion").flatMap { try? Completion(json: $0) }
    }

    /// Nil when something is stored that does not parse.
    private static func aftermath(_ row: Row) -> Aftermath? {
        guard row.string("aftermath") != nil else { return Aftermath.none }
        return row.document("aftermath").flatMap { try? Aftermath(json: $0) }
    }
}

extension Passkey {
    init?(recorded row: Row) {
        guard let id = row.bytes("credential_id"), let person = row.text("person").flatMap({ PersonID($0) }),
            let key = row.bytes("public_key"), let count = row.integer("sign_count").flatMap({ UInt32(exactly: $0) }),
            let createdAt = row.time("created_at")
        else { return nil }
        self.init(
            credentialID: id, person: person, publicKey: key, signCount: count,
            backup: (row.integer("backup_eligible") == 1, row.integer("backup_state") == 1),
            aaguid: row.bytes("aaguid") ?? [], createdAt: createdAt)
        disabledAt = row.time("disabled_at")
    }
}

extension Person {
    init?(recorded row: Row) {
        guard let id = row.text("id").flatMap({ PersonID($0) }), let name = row.text("name"),
            let createdAt = row.time("created_at")
        else { return nil }
        let roles = (row.document("roles")?.arrayValue ?? []).compactMap {
            $0.stringValue.flatMap { Role(rawValue: $0) }
        }
        self.init(id: id, name: name, roles: Set(roles), createdAt: createdAt, disabledAt: row.time("disabled_at"))
    }
}

extension ChangeProposal {
    init?(recorded row: Row) {
        guard let id = row.text("id").flatMap({ ChangeID($0) }),
            let change = row.document("change").flatMap({ try? Change(json: $0) }),
            let status = row.string("status").flatMap({ Status(rawValue: $0) }),
            let createdAt = row.time("created_at"), let expiresAt = row.time("expires_at"),
            let confirmations = row.document("confirmations")?.arrayValue
        else { return nil }
        self.init(
            id: id, change: change, proposedBy: row.text("proposed_by") ?? "", createdAt: createdAt,
            expiresAt: expiresAt, status: status)
        self.confirmations = confirmations.compactMap { try? Confirmation(json: $0) }
        guard self.confirmations.count == confirmations.count, digest == row.digest("digest") else { return nil }
    }
}
