import ApprovalPolicy
import CanonicalEncoding
import DomainModel
import WireProtocol

/// How large the inputs of a change may be, so that each is refused with a reason, and none of them fails when its log entry
/// (at most 65,535 bytes) or its row is written.
enum ChangeBounds {
    /// Bytes of UTF-8 of a name that people read, of a reference, of prose.
    static let name = 256
    static let reference = 2048
    static let prose = 4096
    static let items = 64
    /// As canonical JSON, escapes included: twice that and the frame of an entry still fit.
    static let change = 30_000
    /// A change is kept as JSON, and a longer string is not read back.
    static let policy = 65_536

    static func check(_ change: Change) throws(AuthorityError) {
        switch change {
        case .addPerson(let spec):
            try check(spec.name, "name", atMost: name)
            try check(spec.groups.count, "groups")
        case .addAgent(let spec):
            try check(spec.purpose, "purpose", atMost: prose)
            try check(spec.environment ?? "", "environment", atMost: name)
            try check(spec.groups.count, "groups")
        case .registerTool(let tool): try check(tool)
        case .registerProvider(let provider):
            try check(provider.name, "name", atMost: name)
            try check(provider.location, "location", atMost: reference)
        case .registerUpstream(let server): try check(server)
        case .freeze(let scope, let reason):
            try check(scope.key, "scope", atMost: name)
            try check(reason, "reason", atMost: prose)
        case .loadPolicy(let source, let scenarios):
            // Into the log they go by digest alone.
            try check(source, "source", atMost: policy)
            return try check(scenarios)
        case .disablePerson, .enrolPasskey, .disablePasskey, .addToGroup, .removeFromGroup, .disableAgent,
            .rotateAgentKey, .allowBearer, .refuseBearer, .disableTool, .removeUpstream, .thaw:
            break
        }
        // It is kept as JSON: what a strict reader would not take back must not be written.
        guard (try? Change(json: change.json)) != nil else {
            throw AuthorityError(
                .invalidValue, "This change leaves out what it needs, or has a value that is not allowed.",
                hint: "A tool has a target and a well-formed name; a scope names an agent or a tool.")
        }
        guard CanonicalJSON.encode(change.json).count <= Self.change else {
            throw AuthorityError(
                .invalidValue, "This change is larger than the log can keep (\(Self.change) bytes as JSON).",
                hint: "Shorten its texts, or split it into several.")
        }
    }

    private static func check(_ scenarios: JSONValue?) throws(AuthorityError) {
        guard let scenarios else { return }
        let limits = PolicyScenarios.greatest
        guard CanonicalJSON.encode(scenarios).count <= limits.bytes,
            try ChangeApplication.scenarios(scenarios)?.scenarios.count ?? 0 <= limits.count
        else {
            throw AuthorityError(
                .invalidValue, "The scenarios are longer than \(limits.bytes) bytes, or more than \(limits.count).",
                hint: "Keep with the set those that must hold; `countersign policy test` runs any number.")
        }
    }

    private static func check(_ tool: RegisteredTool) throws(AuthorityError) {
        guard tool.kind != .mcp else {
            throw AuthorityError(
                .invalidValue, "Tools of this kind are registered by what their server says.",
                hint: "Register the server: `countersign upstream add`.")
        }
        try check(tool.title, "title", atMost: name)
        try check(tool.targets.count, "targets")
        guard PolicyRegistry.canType(tool) else {
            throw AuthorityError(
                .invalidValue, "No types for policy can be made from this tool.",
                hint: "Look at the names in its input schema.")
        }
        for target in tool.targets { try check(target) }
    }

    private static func check(_ target: Target) throws(AuthorityError) {
        try check(target.name, "name", atMost: name)
        try check(target.environment, "environment", atMost: name)
        try check(target.resource.type, "type", atMost: name)
        try check(target.resource.id, "id", atMost: reference)
    }

    /// What people register is signed, kept, logged and shown: a secret must not stand in it, only where it is found.
    private static func check(_ server: UpstreamServer) throws(AuthorityError) {
        try check(server.target)
        for setting in server.settings {
            switch setting.source {
            case .text where SecretWords.isIn(setting.name):
                throw AuthorityError(
                    .invalidValue, "`\(setting.name)` looks like a credential, which may not stand here in clear.",
                    hint: "Name the file or the variable of the server in which it is found.")
            case .environment(let variable) where variable.utf8.starts(with: "COUNTERSIGN_".utf8):
                throw AuthorityError(
                    .invalidValue, "The variables of Countersign itself are not handed on.",
                    hint: "Use a variable of another name.")
            case .configuration:
                throw AuthorityError(
                    .invalidValue, "Only the configuration can hold a value itself.",
                    hint: "Name the file or the variable of the server in which it is found.")
            case .text, .file, .environment: continue
            }
        }
    }

    private static func check(_ text: Text, _ member: String, atMost limit: Int) throws(AuthorityError) {
        guard text.utf8.count <= limit else {
            throw AuthorityError(
                .invalidValue, "`\(member)` is longer than \(limit) bytes.", hint: "Shorten it and propose it again.")
        }
    }

    private static func check(_ count: Int, _ member: String) throws(AuthorityError) {
        guard count <= items else {
            throw AuthorityError(
                .invalidValue, "`\(member)` has more than \(items) items.",
                hint: "Add the others one by one afterwards.")
        }
    }
}
