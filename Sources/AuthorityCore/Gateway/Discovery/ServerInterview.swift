import AuthorityPorts
import CanonicalEncoding
import ModelContextProtocol

/// What a server said it offers.
struct ServerOffer: Hashable, Sendable {
    var greeting: UpstreamGreeting
    /// The tools as they were published; a document that is no object is kept for its place in the inventory.
    var tools: [JSONValue]
    var lists: ServerLists

    var methods: [ServerMethod] { ServerMethod.allCases.filter { greeting.capabilities[$0.capability] != nil } }
}

/// Asks a server what it offers. Asking changes nothing there, so that it may be asked again.
struct ServerInterview: Sendable {
    /// Whoever lists more than this is not listed further: a list without an end would never be answered.
    static let greatest = (pages: 100, items: 2_000)

    let upstream: any Upstream

    func run() async throws(UpstreamError) -> ServerOffer {
        // The first question connects; only then is it known what the server can be asked.
        let tools = try await list("tools/list", "tools") ?? []
        guard let greeting = upstream.greeting else { throw .unavailable("it ended while it was asked") }
        var lists = ServerLists()
        if greeting.capabilities["resources"] != nil {
            lists.resources = Self.named(try await list("resources/list", "resources"), by: "uri")
            lists.resourceTemplates = Self.named(
                try await list("resources/templates/list", "resourceTemplates"), by: "uriTemplate")
        }
        if greeting.capabilities["prompts"] != nil {
            lists.prompts = Self.named(try await list("prompts/list", "prompts"), by: "name")
        }
        return ServerOffer(greeting: greeting, tools: tools, lists: lists)
    }

    /// Nil: the server knows no such list.
    private func list(_ method: Text, _ member: Text) async throws(UpstreamError) -> [JSONValue]? {
        var items: [JSONValue] = []
        var cursor: Text?
        for _ in 0..<Self.greatest.pages {
            let params: JSONObject = cursor.map { ["cursor": .string($0)] } ?? JSONObject()
            switch try await upstream.ask(UpstreamCall(method: method, params: params, timeout: .seconds(30))) {
            case .error(RPCError.Code.methodNotFound.rawValue, _, _): return nil
            // The words are the server's, and may repeat what it was sent.
            case .error(let code, _, _): throw .unreadable("it answered `\(method)` with the error \(code)")
            case .result(let result):
                guard let page = result[member]?.arrayValue else {
                    throw .unreadable("its answer to `\(method)` has no `\(member)`")
                }
                items += page
                cursor = result["nextCursor"]?.textValue
            }
            if cursor == nil { return items }
            guard items.count < Self.greatest.items else { break }
        }
        throw .unreadable("its answer to `\(method)` has no end")
    }

    private static func named(_ items: [JSONValue]?, by member: Text) -> [JSONObject] {
        (items ?? []).compactMap(\.objectValue).filter { $0[member]?.textValue != nil }
    }
}

extension UpstreamError {
    /// For people who operate the server.
    var explanation: String {
        switch self {
        case .unavailable(let reason): reason
        case .lost(let reason): "lost: \(reason)"
        case .timedOut: "it gave no answer in time"
        case .tooLarge: "its answer is larger than is taken"
        case .unreadable(let reason): reason
        }
    }
}
