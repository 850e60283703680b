package import CanonicalEncoding
import CedarLanguage

/// Which rules two sets do not share: by name, and by their text as it is written, annotations included.
package struct PolicyDifference: Sendable {
    /// In the order of their bytes, all of them.
    package let added: [Text]
    package let removed: [Text]
    package let changed: [Text]
    /// Of the whole difference: names, and the digests of the texts that rules had and have. Whoever has both sources can
    /// make it again.
    package let digest: Digest

    /// `old` is nil where no set was in force.
    package init(from old: PolicySet?, to new: PolicySet) {
        let (before, after) = (old?.texts ?? [:], new.texts)
        added = after.keys.filter { before[$0] == nil }.sorted()
        removed = before.keys.filter { after[$0] == nil }.sorted()
        changed = after.filter { name, text in before[name].map { $0 != text } ?? false }.keys.sorted()
        func digests(_ names: [Text], _ sides: [Text: Text]...) -> JSONValue {
            .object(
                names.reduce(into: JSONObject()) { object, name in
                    object[name] = .array(
                        sides.compactMap { $0[name] }.map { text in
                            "\(Digest(domain: "countersign.policy-rule.v1", .string(text)).wire)"
                        })
                })
        }
        digest = Digest(
            domain: "countersign.policy-difference.v1",
            [
                "added": digests(added, after), "removed": digests(removed, before),
                "changed": digests(changed, before, after),
            ])
    }

    /// As the log keeps it: as many names of each kind as fit into 8 KiB, and how many are left out.
    package var json: JSONObject {
        var object: JSONObject = ["digest": "\(digest.wire)"]
        for (kind, names) in [(Text("added"), added), ("removed", removed), ("changed", changed)] {
            var room = 8192
            let kept = names.prefix { name in
                // Every byte may become an escape of six.
                room -= 6 * name.utf8.count + 3
                return room >= 0
            }
            object[kind] = .array(kept.map { .string($0) })
            if kept.count < names.count { object["\(kind)_left_out"] = .integer(Int64(names.count - kept.count)) }
        }
        return object
    }
}

extension PolicySet {
    /// Every rule's text by its name.
    fileprivate var texts: [Text: Text] {
        let bytes = Array(source.utf8)
        var texts: [Text: Text] = [:]
        for policy in policies.policies {
            guard let name = rules[policy.id]?.name else { continue }
            texts[name] = Text(utf8: bytes[policy.span.start..<policy.span.end])
        }
        return texts
    }
}
