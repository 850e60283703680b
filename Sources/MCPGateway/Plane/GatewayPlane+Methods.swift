import AuthorityCore
import CanonicalEncoding
import Hummingbird
import ModelContextProtocol

/// What a method makes of a request.
enum Reply {
    case whole(Answered)
    case stream(Response)
}

extension GatewayPlane {
    /// The methods of both kinds of revisions, and those that only one of them has.
    func respond(to asked: Asked) async throws -> Reply {
        switch asked.request.method {
        case "tools/call", "resources/read", "prompts/get", "completion/complete": return try await call(asked)
        case "tools/list": return try await list(.tools, asked)
        case "resources/list": return try await list(.resources, asked)
        case "resources/templates/list": return try await list(.resourceTemplates, asked)
        case "prompts/list": return try await list(.prompts, asked)
        case "tasks/get": return try await readTask(asked)
        case "tasks/cancel": return try await cancelTask(asked)
        default:
            return asked.revision.isStateless
                ? try await respond(stateless: asked) : try await respond(inSession: asked)
        }
    }

    private func respond(inSession asked: Asked) async throws -> Reply {
        switch asked.request.method {
        case "ping": return .whole(Answered(asked.id, .result([:])))
        case "logging/setLevel":
            var params = try asked.reader()
            guard Self.levels.contains(try params.text("level")) else { throw params.error(.invalidValue, "level") }
            try params.finish()
            // Servers' log lines are for those who operate them; nothing of them is sent.
            return .whole(Answered(asked.id, .result([:])))
        case "tasks/result" where asked.revision == .november2025: return try await awaitTask(asked)
        case "tasks/list" where asked.revision == .november2025: return try await listTasks(asked)
        default: throw unknownMethod
        }
    }

    private func respond(stateless asked: Asked) async throws -> Reply {
        switch asked.request.method {
        case "server/discover":
            let result: JSONObject = [
                "supportedVersions": .array(
                    ProtocolRevision.allCases.filter(\.isStateless).map { .string($0.text) }),
                "capabilities": .object(Greeting.capabilities(of: asked.revision)),
                "instructions": .string(Greeting.instructions),
            ]
            return .whole(Answered(asked.id, .result(complete(result, asked, isCacheable: true))))
        case "subscriptions/listen": return try listen(asked)
        case "tasks/update": return try await updateTask(asked)
        default: throw unknownMethod
        }
    }

    var unknownMethod: RPCRefusal { RPCRefusal(.methodNotFound, "This method is not known here.") }

    private static let levels: Set<Text> = [
        "debug", "info", "notice", "warning", "error", "critical", "alert", "emergency",
    ]

    /// 2026-07-28: one call, one answer, and nothing remembered.
    func answer(stateless asked: Asked) async throws -> Response {
        switch try await respond(to: asked) {
        case .whole(let answered): answered.http
        case .stream(let response): response
        }
    }

    private func list(_ kind: GatewayList, _ asked: Asked) async throws -> Reply {
        var params = try asked.reader()
        let cursor = try params.optionalText("cursor")
        try params.finish()
        let all = try await useCases.list(kind, in: asked.visit.scope, for: asked.visit.caller)
        let page = try Page(of: all, at: cursor, size: settings.pageSize)
        let entries = kind == .tools ? page.entries.map { shown($0, asked.revision) } : page.entries
        var result = JSONObject(single: kind.member, .array(entries.map { .object($0) }))
        if let next = page.next { result["nextCursor"] = .string(next) }
        return .whole(Answered(asked.id, .result(complete(result, asked, isCacheable: true))))
    }

    /// How a tool may be called is the gateway's to say and not its server's: any call can wait for people.
    private func shown(_ tool: JSONObject, _ revision: ProtocolRevision) -> JSONObject {
        var tool = tool
        tool["execution"] = nil
        if revision == .november2025 { tool["execution"] = ["taskSupport": "optional"] }
        return tool
    }

    /// A result as the revision of the client wants it.
    func complete(_ result: JSONObject, _ asked: Asked, isCacheable: Bool = false) -> JSONObject {
        guard asked.revision.isStateless else { return result }
        var result = result
        result["resultType"] = result["resultType"] ?? "complete"
        if isCacheable {
            // What one agent may ask for is no other's, and policy may change at any time.
            result["ttlMs"] = 0
            result["cacheScope"] = "private"
        }
        var meta = result["_meta"]?.objectValue ?? [:]
        meta["io.modelcontextprotocol/serverInfo"] = Greeting.server(settings.version)
        result["_meta"] = .object(meta)
        return result
    }
}

extension Asked {
    /// The parameters beside `_meta`, which every method has.
    func reader() throws(MemberError) -> MemberReader {
        var reader = MemberReader(request.params, path: "params")
        _ = try reader.optionalObject("_meta")
        return reader
    }
}

extension GatewayList {
    fileprivate var member: Text {
        switch self {
        case .tools: "tools"
        case .resources: "resources"
        case .resourceTemplates: "resourceTemplates"
        case .prompts: "prompts"
        }
    }
}

/// A part of a list. The cursor names the whole list that it belongs to: when that changed, the client begins anew.
struct Page {
    let entries: [JSONObject]
    let next: Text?

    private static let digestDomain: StaticString = "countersign.gateway-list.v1"

    init(of all: [JSONObject], at cursor: Text?, size: Int) throws(RPCRefusal) {
        guard cursor != nil || all.count > size else {
            entries = all
            next = nil
            return
        }
        let names = all.map { $0["name"] ?? $0["uri"] ?? $0["taskId"] ?? .null }
        let whole = Digest(domain: Self.digestDomain, .array(names)).wire
        var start = 0
        if let cursor {
            let parts = cursor.string.split(separator: ".", maxSplits: 1).map(String.init)
            guard parts.count == 2, parts[1].utf8.elementsEqual(whole.utf8), let offset = Int(parts[0]),
                (1..<max(all.count, 2)).contains(offset)
            else {
                throw RPCRefusal(.invalidParams, "`params.cursor` belongs to no list of now. Begin anew without it.")
            }
            start = offset
        }
        let end = min(all.count, start + size)
        entries = Array(all[min(start, end)..<end])
        next = end < all.count ? "\(end).\(whole)" : nil
    }
}
