package import CanonicalEncoding

/// One change of one object, as the log keeps it. Its bytes are canonical JSON, at most 65,535 of them
/// (C2SP tlog-tiles), and never contain a secret: large or personal bodies go in by salted digest.
package struct LogEntry: Hashable, Sendable {
    /// What happened: `request.opened`, `vote.cast`, … (`docs/reference/log.md`).
    package var kind: Text
    /// The object that changed: a handle, or `person:NAME`, `agent:NAME`, `policy`, …
    package var subject: Text
    package var at: Timestamp
    /// The store's epoch.
    package var epoch: Int64
    package var body: JSONObject

    package init(kind: Text, subject: Text, at: Timestamp, epoch: Int64, body: JSONObject) {
        self.kind = kind
        self.subject = subject
        self.at = at
        self.epoch = epoch
        self.body = body
    }

    package static let greatestSize = 65_535

    /// The leaf's data: canonical JSON of the entry.
    package var bytes: [UInt8] {
        CanonicalDocument { writer in
            writer.object { members in
                members.member("at", Text(at.rfc3339))
                members.member("body", .object(body))
                members.member("epoch", epoch)
                members.member("kind", kind)
                members.member("subject", subject)
                members.member("type", Text("countersign.log.v1"))
            }
        }.bytes
    }
}
