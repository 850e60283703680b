package import CanonicalEncoding
import DomainModel

/// The facts as a document: what scenarios, requests to explain and recorded requests are written in
/// (`docs/guides/writing-policy.md`).
extension PolicyFacts {
    /// Only `tool` has to be there; everything else has the plainest value. A member that nothing reads is refused.
    package init(json: JSONValue) throws(MemberError) {
        var reader = try MemberReader(json)
        try self.init(&reader)
        try reader.finish()
    }

    /// Takes its members and leaves the others, for documents that hold more.
    package init(_ reader: inout MemberReader) throws(MemberError) {
        let now = try reader.optionalTimestamp("time") ?? Timestamp(seconds: 1_767_225_600)
        let tool = try Tool(&reader)
        var resource = ResourceReference(type: "Target", id: "unnamed")
        if var named = try reader.optionalReader("resource") {
            resource = ResourceReference(type: try named.text("type"), id: try named.text("id"))
            try named.finish()
        }
        self.init(
            principal: try Principal(&reader), tool: tool, resource: resource,
            environment: try reader.optionalText("environment") ?? "prod",
            input: try reader.optionalObject("input") ?? [:],
            command: try Self.command(&reader),
            caller: try Caller(&reader), claimed: try reader.optionalObject("claimed") ?? ["has_rollback": false],
            bounds: try Bounds(&reader), now: now, approval: try ApprovalFacts(&reader, now: now))
    }
}

extension PolicyFacts.Principal {
    fileprivate init(_ outer: inout MemberReader) throws(MemberError) {
        var reader = try outer.optionalReader("agent") ?? MemberReader(JSONObject(), path: "agent")
        let id = try reader.parsed(reader.optionalText("id") ?? "agent", "id") { AgentID($0) }
        let owner = try reader.parsed(reader.optionalText("owner") ?? "owner", "owner") { PersonID($0) }
        let environment = try reader.optionalText("environment")
        let groups = try Self.groups("groups", &reader)
        let ownerGroups = try Self.groups("owner_groups", &reader)
        var claims: [Text: Text] = [:]
        if var said = try reader.optionalReader("claims") {
            for member in said.object.members { claims[member.name] = try said.text(member.name) }
        }
        try reader.finish()
        self.init(
            id: id, owner: owner, environment: environment, groups: groups, ownerGroups: ownerGroups, claims: claims)
    }

    private static func groups(_ member: Text, _ reader: inout MemberReader) throws(MemberError) -> [GroupID] {
        var groups: [GroupID] = []
        for name in try reader.optionalTexts(member) ?? [] {
            groups.append(try reader.parsed(name, member) { GroupID($0) })
        }
        return groups
    }
}

extension PolicyFacts.Tool {
    fileprivate init(_ outer: inout MemberReader) throws(MemberError) {
        var reader = try outer.reader("tool")
        let reference = ToolReference(server: try reader.text("server"), name: try reader.text("name"))
        guard reference.isWellFormed else { throw outer.error(.invalidValue, "tool") }
        let traits = RegisteredTool.Traits(
            destructive: try reader.optionalBool("destructive") ?? true,
            readOnly: try reader.optionalBool("read_only") ?? false,
            openWorld: try reader.optionalBool("open_world") ?? true)
        try reader.finish()
        self.init(reference: reference, traits: traits)
    }
}

extension PolicyFacts.Caller {
    fileprivate init(_ outer: inout MemberReader) throws(MemberError) {
        var reader = try outer.optionalReader("caller") ?? MemberReader(JSONObject(), path: "caller")
        self.init(
            proof: try reader.optionalText("proof") ?? "dpop", shared: try reader.optionalBool("shared") ?? false,
            delegationDepth: try reader.optionalInteger("delegation_depth") ?? 0, task: try reader.optionalText("task"))
        try reader.finish()
    }
}

extension PolicyFacts.Bounds {
    /// `expect` and `preconditions` are written as policy sees them: a record of records.
    fileprivate init(_ outer: inout MemberReader) throws(MemberError) {
        var window: RequestContext.Window?
        if var reader = try outer.optionalReader("window") {
            window = RequestContext.Window(from: try reader.timestamp("from"), until: try reader.timestamp("until"))
            try reader.finish()
        }
        var expectations: [Expectation] = []
        for (observation, bound, value) in try Self.nested("expect", &outer) {
            guard let bound = Expectation.Bound(rawValue: bound.string) else {
                throw outer.error(.invalidValue, "expect")
            }
            expectations.append(Expectation(observation: observation, bound: bound, value: value))
        }
        let preconditions = try Self.nested("preconditions", &outer)
        self.init(
            window: window, deadlineSeconds: try outer.optionalInteger("deadline_seconds") ?? 600,
            expectations: expectations,
            preconditions: preconditions.map { Precondition(provider: $0.0, of: $0.1, value: $0.2) })
    }

    private static func nested(
        _ name: Text, _ outer: inout MemberReader
    ) throws(MemberError) -> [(Text, Text, Text)] {
        var found: [(Text, Text, Text)] = []
        for group in try outer.optionalObject(name)?.members ?? [] {
            guard let members = group.value.objectValue?.members else { throw outer.error(.wrongType, name) }
            for member in members {
                guard let value = member.value.textValue ?? member.value.integerValue.map({ "\($0)" }) else {
                    throw outer.error(.wrongType, name)
                }
                found.append((group.name, member.name, value))
            }
        }
        return found
    }
}

extension ApprovalFacts {
    /// `groups` counts the approvers of each; without `approvers` as many are imagined as the largest group has.
    fileprivate init?(_ outer: inout MemberReader, now: Timestamp) throws(MemberError) {
        guard var reader = try outer.optionalReader("approval") else { return nil }
        var perGroup: [(GroupID, Int64)] = []
        for member in try reader.object("groups").members {
            guard let group = GroupID(member.name), let count = member.value.integerValue, (0...1000).contains(count)
            else { throw reader.error(.invalidValue, "groups") }
            perGroup.append((group, count))
        }
        var approvers: [PersonID] = []
        for name in try reader.optionalTexts("approvers") ?? [] {
            approvers.append(try reader.parsed(name, "approvers") { PersonID($0) })
        }
        if approvers.isEmpty {
            let count = perGroup.map(\.1).max() ?? 0
            approvers = (0..<count).compactMap { PersonID("approver-\($0)") }
        }
        let approvedAt = try reader.optionalTimestamp("approved_at") ?? now
        self.init(
            approvers: approvers, perGroup: perGroup, count: Int64(approvers.count),
            assurance: try reader.optionalInteger("assurance") ?? 1, approvedAt: approvedAt,
            approvedUntil: try reader.optionalTimestamp("approved_until") ?? approvedAt.adding(seconds: 900),
            breakGlass: try reader.optionalBool("break_glass") ?? false)
        try reader.finish()
    }
}

extension PolicyFacts {
    /// `command`: the argument vector; `executable`: the file, found in `/usr/bin` unless it says where.
    private static func command(_ reader: inout MemberReader) throws(MemberError) -> Command? {
        let executable = try reader.optionalText("executable")
        guard let arguments = try reader.optionalTexts("command") else { return nil }
        let name = arguments.first ?? ""
        let found = name.utf8.first == UInt8(ascii: "/") ? name : Text("/usr/bin/\(name)")
        return Command(arguments: arguments, executable: executable ?? found)
    }
}
