import AuthorityCore
import CanonicalEncoding
import DomainModel
import ModelContextProtocol

/// What the command line is told of a tool server.
extension ToolServerView {
    var json: JSONValue {
        var object: JSONObject = [
            "upstream": registration.server.json, "registered_by": .string(registration.registeredBy),
            "registered_at": "\(registration.registeredAt.rfc3339)", "tools": .array(tools.map(\.json)),
            "said": .array(said.map { .string(Text($0)) }),
        ]
        switch state {
        case .waiting: object["state"] = "waiting"
        case .failed(let reason):
            object["state"] = "failed"
            object["reason"] = .string(Text(reason))
        case .connected(let name, let version, let revision):
            object["state"] = "connected"
            object["says"] = [
                "name": .string(name), "version": .string(version),
                "revision": .string(revision.text),
            ]
        }
        return .object(object)
    }
}

extension DiscoveredToolView {
    var json: JSONValue {
        var object: JSONObject = [
            "name": .string(seen.name), "state": "\(seen.state.rawValue)", "seen_at": "\(seen.seenAt.rfc3339)",
        ]
        object["definition"] = seen.digest.map { "\($0.wire)" }
        object["problem"] = seen.problem.map { .string($0) }
        guard let changedAt else { return .object(object) }
        object["changed_at"] = "\(changedAt.rfc3339)"
        object["changes"] = .array(
            changes.map { change in
                var line: JSONObject = ["path": .string(change.path)]
                line["before"] = change.before
                line["after"] = change.after
                return .object(line)
            })
        return .object(object)
    }
}
