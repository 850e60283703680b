package import CanonicalEncoding

/// What differs between two definitions of one tool, member by member, for people.
package struct DefinitionChange: Hashable, Sendable {
    /// A path such as `inputSchema.properties.sql.description`.
    package var path: Text
    /// Nil: it was not there, or is not there any more.
    package var before: JSONValue?
    package var after: JSONValue?

    package init(path: Text, before: JSONValue?, after: JSONValue?) {
        self.path = path
        self.before = before
        self.after = after
    }

    /// Every place where the two differ, in the order of the earlier one; places that are new come after it.
    package static func between(_ before: ToolDefinition, _ after: ToolDefinition) -> [DefinitionChange] {
        between(before.published, after.published)
    }

    /// The same of definitions that are kept and need not be usable.
    package static func between(_ before: JSONObject, _ after: JSONObject) -> [DefinitionChange] {
        between(.object(before), .object(after), at: "")
    }

    private static func between(_ before: JSONValue, _ after: JSONValue, at path: Text) -> [DefinitionChange] {
        guard before != after else { return [] }
        guard let old = before.objectValue, let new = after.objectValue else {
            return [DefinitionChange(path: path, before: before, after: after)]
        }
        var changes: [DefinitionChange] = []
        for member in old.members {
            let place = place(member.name, in: path)
            if let value = new[member.name] {
                changes += between(member.value, value, at: place)
            } else {
                changes.append(DefinitionChange(path: place, before: member.value, after: nil))
            }
        }
        for member in new.members where old[member.name] == nil {
            changes.append(DefinitionChange(path: place(member.name, in: path), before: nil, after: member.value))
        }
        return changes
    }

    private static func place(_ name: Text, in path: Text) -> Text {
        path.isEmpty ? name : "\(path).\(name)"
    }
}
