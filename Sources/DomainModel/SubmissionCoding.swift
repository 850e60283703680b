package import CanonicalEncoding

/// The form in which stores keep submissions, the action apart; it is written once (invariant S18).
extension Submission {
    package var stored: CanonicalDocument {
        CanonicalDocument { writer in
            writer.object { members in
                members.member("agent", agent.text)
                members.member("context", context.json)
                members.member("created_at", Text(createdAt.rfc3339))
                members.member("digest", Text(digest.wire))
                members.member("epoch", epoch)
                members.member("key", keyThumbprint)
                // Left out where it is the usual one, as in the records of releases that knew no other.
                if proof != .dpop { members.member("proof", Text(proof.rawValue)) }
            }
        }
    }

    /// Strict; the digest must be that of the action, so that a stored action which somebody altered is noticed.
    package init(stored json: JSONValue, action document: CanonicalDocument) throws(MemberError) {
        var reader = try MemberReader(json, path: "submission")
        self.document = document
        digest = document.digest(domain: Action.digestDomain)
        guard try reader.digest("digest") == digest else { throw reader.error(.invalidValue, "digest") }
        let written: JSONValue
        do { written = try document.json() } catch { throw reader.error(.invalidValue, "action") }
        action = try Action(json: written)
        agent = try reader.name("agent")
        keyThumbprint = try reader.text("key")
        let proof = CallerProof(rawValue: try reader.optionalText("proof")?.string ?? CallerProof.dpop.rawValue)
        // An unknown one is not taken for the usual one, which is the strongest.
        guard let proof else { throw reader.error(.invalidValue, "proof") }
        self.proof = proof
        context = try RequestContext(json: reader.required("context"))
        epoch = try reader.integer("epoch")
        createdAt = try reader.timestamp("created_at")
        try reader.finish()
    }
}

extension RequestContext {
    package var json: JSONValue {
        var object = JSONObject()
        if let task { object["task"] = task.json }
        if let justification { object["justification"] = .string(justification) }
        if let plan { object["plan"] = .string(plan) }
        if let rollback { object["rollback"] = rollback.json }
        if let window { object["window"] = window.json }
        if !links.isEmpty { object["links"] = .array(links.map(\.json)) }
        if let supersedes { object["supersedes"] = .string(supersedes.text) }
        if claimed != Claimed() { object["claimed"] = claimed.json }
        return .object(object)
    }

    package init(json: JSONValue) throws(MemberError) {
        var reader = try MemberReader(json, path: "context")
        self.init()
        if let json = reader.optional("task") { task = try Task(json: json) }
        justification = try reader.optionalText("justification")
        plan = try reader.optionalText("plan")
        if let json = reader.optional("rollback") { rollback = try SubmittedAction(json: json) }
        if let json = reader.optional("window") { window = try Window(json: json) }
        for json in try reader.optionalArray("links") ?? [] { links.append(try Link(json: json)) }
        supersedes = try reader.optionalHandle("supersedes")
        if let json = reader.optional("claimed") { claimed = try Claimed(json: json) }
        try reader.finish()
    }
}

extension RequestContext.Claimed {
    package var json: JSONValue {
        var object = JSONObject()
        if let resource { object["resource"] = ["type": .string(resource.type), "id": .string(resource.id)] }
        if let environment { object["environment"] = .string(environment) }
        return .object(object)
    }

    init(json: JSONValue) throws(MemberError) {
        var reader = try MemberReader(json, path: "context.claimed")
        self.init(environment: try reader.optionalText("environment"))
        if let json = reader.optional("resource") {
            var members = try MemberReader(json, path: "context.claimed.resource")
            resource = ResourceReference(type: try members.text("type"), id: try members.text("id"))
            try members.finish()
        }
        try reader.finish()
    }
}

extension RequestContext.Task {
    var json: JSONValue {
        var object: JSONObject = ["id": .string(id)]
        if let parent { object["parent"] = .string(parent.text) }
        if let title { object["title"] = .string(title) }
        return .object(object)
    }

    init(json: JSONValue) throws(MemberError) {
        var reader = try MemberReader(json, path: "context.task")
        self.init(
            id: try reader.text("id"), parent: try reader.optionalHandle("parent"),
            title: try reader.optionalText("title"))
        try reader.finish()
    }
}

extension RequestContext.Window {
    var json: JSONValue { ["from": "\(from.rfc3339)", "until": "\(until.rfc3339)"] }

    init(json: JSONValue) throws(MemberError) {
        var reader = try MemberReader(json, path: "context.window")
        self.init(from: try reader.timestamp("from"), until: try reader.timestamp("until"))
        try reader.finish()
    }
}

extension RequestContext.Link {
    var json: JSONValue { ["rel": .string(rel), "href": .string(href)] }

    init(json: JSONValue) throws(MemberError) {
        var reader = try MemberReader(json, path: "context.links")
        self.init(rel: try reader.text("rel"), href: try reader.text("href"))
        try reader.finish()
    }
}
