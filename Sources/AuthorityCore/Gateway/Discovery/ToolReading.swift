import ApprovalPolicy
import CanonicalEncoding
import DomainModel
import ModelContextProtocol

/// One thing that a server offers, read: what of it is kept, and how it is registered where it can be called.
struct ToolReading: Sendable {
    let name: Text
    let digest: Digest?
    /// Nil where it is too large to keep.
    let definition: JSONObject?
    let verdict: Verdict

    enum Verdict: Sendable {
        case usable(CatalogueTool)
        /// Why it cannot be called, in one clause.
        case unusable(Text)
    }

    /// What is kept of a definition, in bytes of canonical JSON.
    private static let greatestDefinition = 65_536
    private static let greatestName = 256

    /// A published tool.
    init(_ json: JSONValue, of server: UpstreamServer) {
        name = Text.cut(json["name"]?.textValue ?? "(no name)", toBytes: Self.greatestName)
        var published = json.objectValue ?? JSONObject()
        published["_meta"] = nil
        digest = Digest(domain: ToolDefinition.digestDomain, .object(published))
        let bytes = CanonicalJSON.encode(.object(published))
        let isKept = bytes.count <= Self.greatestDefinition && (try? JSONReader.read(bytes)) != nil
        definition = isKept ? published : nil
        guard isKept else {
            verdict = .unusable("its definition is larger than \(Self.greatestDefinition) bytes, or nests too deeply")
            return
        }
        verdict = Self.verdict(json, of: server)
    }

    /// Something else that the server can be asked.
    init(_ method: ServerMethod, of server: UpstreamServer) {
        name = method.name
        definition = nil
        let traits =
            server.believesAnnotations
            ? RegisteredTool.Traits(destructive: false, readOnly: true, openWorld: true) : RegisteredTool.Traits()
        let tool = Self.registered(
            ToolReference(server: server.name, name: method.name), method.title, traits, method.inputSchema, of: server)
        digest = tool.reference.definition
        // Its schema is ours, and compiles.
        guard let arguments = try? ArgumentSchema(method.inputSchema) else {
            verdict = .unusable("it cannot be asked")
            return
        }
        verdict = .usable(CatalogueTool(registered: tool, definition: nil, arguments: arguments))
    }

    /// Two tools of one name: nobody could say which is meant.
    func ambiguous() -> ToolReading {
        ToolReading(
            name: name, digest: digest, definition: definition,
            verdict: .unusable("its server publishes several tools under this name"))
    }

    private init(name: Text, digest: Digest?, definition: JSONObject?, verdict: Verdict) {
        self.name = name
        self.digest = digest
        self.definition = definition
        self.verdict = verdict
    }

    private static func verdict(_ json: JSONValue, of server: UpstreamServer) -> Verdict {
        let definition: ToolDefinition
        do throws(MemberError) { definition = try ToolDefinition(json: json) } catch {
            return .unusable("`\(error.path)` of its definition is not what it has to be")
        }
        let arguments: ArgumentSchema
        do throws(ArgumentSchema.Mistake) { arguments = try ArgumentSchema(definition.inputSchema) } catch {
            return .unusable("its arguments could not be checked: \(error.description)")
        }
        guard RegisteredTool.isUsable(.object(definition.inputSchema)) else {
            let limit = RegisteredTool.greatestSchema
            return .unusable("its schema is larger than \(Text(String(limit.bytes))) bytes, or nests too deeply")
        }
        let hints = definition.hints
        let traits =
            server.believesAnnotations
            ? RegisteredTool.Traits(
                destructive: hints.isDestructive, readOnly: hints.isReadOnly, openWorld: hints.isOpenWorld)
            : RegisteredTool.Traits()
        let tool = registered(
            ToolReference(server: server.name, name: definition.name, definition: definition.digest),
            definition.title ?? definition.name, traits, definition.inputSchema, of: server)
        guard PolicyRegistry.canType(tool) else { return .unusable("policy could not be told what its arguments are") }
        return .usable(CatalogueTool(registered: tool, definition: definition, arguments: arguments))
    }

    private static func registered(
        _ reference: ToolReference, _ title: Text, _ traits: RegisteredTool.Traits, _ schema: JSONObject,
        of server: UpstreamServer
    ) -> RegisteredTool {
        // The gateway needs the time of the call and some more to write down what came of it.
        let deadline = server.limits.callSeconds + 30
        return RegisteredTool(
            reference: reference, kind: .mcp, title: Text.cut(title, toBytes: ChangeBounds.name), traits: traits,
            targets: [server.target], deadlineSeconds: (deadline, max(deadline, 3_600)), inputSchema: .object(schema))
    }
}

extension Text {
    /// The beginning, whole characters only.
    fileprivate static func cut(_ text: Text, toBytes limit: Int) -> Text {
        guard text.utf8.count > limit else { return text }
        var bytes = Array(text.utf8.prefix(limit))
        while !bytes.isEmpty {
            if let whole = Text(utf8: bytes) { return whole }
            bytes.removeLast()
        }
        return ""
    }
}
