import AuthorityPorts
import CanonicalEncoding
import DomainModel

/// What a preview says otherwise than when people approved the call.
struct FactDifference: Sendable {
    let of: Text
    let before: Text
    let now: Text

    /// As the entry of the request that it made stale says it, each value as far as it surely fits.
    var json: JSONObject {
        ["changed": ["before": .string(Self.cut(before)), "now": .string(Self.cut(now)), "of": .string(of)]]
    }

    private static func cut(_ text: Text) -> Text {
        text.utf8.count <= 1_024 ? text : Text(Digest(domain: "countersign.fact.v1", .string(text)).wire)
    }

    init(of: Text, before: Text, now: Text) {
        self.of = of
        self.before = before
        self.now = now
    }

    /// From the last entry of a request; nil where it says nothing of a fact.
    init?(_ entry: JSONValue) {
        guard let changed = entry["body"]?["changed"], let of = changed["of"]?.textValue,
            let before = changed["before"]?.textValue, let now = changed["now"]?.textValue
        else { return nil }
        self.init(of: of, before: before, now: now)
    }
}

extension ToolGateway {
    /// Runs the preview of an approved call again; nil where it says the same. Another preview than was shown is a change too.
    func changed(_ action: Action, _ tool: GatewayTool) async throws(AuthorityError) -> FactDifference? {
        guard tool.isPreviewed || !action.preconditions.isEmpty else { return nil }
        let current = try await facts(of: tool, action.arguments)
        for before in action.preconditions {
            let now = current.first { $0.provider == before.provider && $0.of == before.of }
            guard now == before else {
                return FactDifference(of: before.of, before: before.value, now: now?.value ?? "nothing")
            }
        }
        guard let added = current.first(where: { !action.preconditions.contains($0) }) else { return nil }
        return FactDifference(of: added.of, before: "nothing", now: added.value)
    }

    /// With what changed, where a preview said so.
    func refusal(endOf request: ApprovalRequest) async throws(AuthorityError) -> CallRefusal {
        var refusal = CallRefusal(endOf: request)
        guard request.progress.endReason == .preconditionChanged else { return refusal }
        let entry = try await authority.read { try $0.logEntries(subject: request.id.text).last }
        guard let entry, let json = try? JSONReader.read(entry.bytes, limits: .stored),
            let difference = FactDifference(json)
        else { return refusal }
        refusal.text =
            "What people were shown has changed: `\(difference.of)` was \(difference.before) and is \(difference.now) now. The call did not run."
        return refusal
    }
}

extension Optional {
    func asyncMap<Other, Failure: Error>(
        _ transform: (Wrapped) async throws(Failure) -> Other
    ) async throws(Failure) -> Other? {
        if let self { try await transform(self) } else { nil }
    }
}
