package import CanonicalEncoding
package import DomainModel

/// The body of `POST /v1/requests` (`planes.md`): what the agent wants, and what it says around it.
package struct OpenRequestBody: Hashable, Sendable {
    package var action: SubmittedAction
    package var context: RequestContext

    package init(action: SubmittedAction, context: RequestContext = RequestContext()) {
        self.action = action
        self.context = context
    }

    /// Limits of what an agent says, in bytes of UTF-8 and in items.
    package enum Limit {
        package static let prose = 16_384
        package static let title = 1024
        package static let identifier = 256
        package static let relation = 64
        package static let address = 2048
        package static let links = 16
    }

    /// Strict: an unknown member, a wrong type and a text beyond its limit are refused.
    package init(json: JSONValue) throws(MemberError) {
        var reader = try MemberReader(json)
        action = try SubmittedAction(json: reader.required("action"))
        var context = RequestContext()
        if var task = try reader.optionalReader("task") {
            context.task = try RequestContext.Task(&task)
        }
        context.justification = try reader.optionalText("justification", atMost: Limit.prose)
        context.plan = try reader.optionalText("plan", atMost: Limit.prose)
        if let rollback = reader.optional("rollback") {
            context.rollback = try Self.rollback(rollback)
        }
        if var window = try reader.optionalReader("window") {
            context.window = try RequestContext.Window(&window)
        }
        context.links = try Self.links(&reader)
        if let text = try reader.optionalText("supersedes") {
            context.supersedes = try reader.parsed(text, "supersedes") { RequestID($0) }
        }
        self.context = context
        try reader.finish()
    }

    package var json: JSONValue {
        var object: JSONObject = ["action": action.json]
        if let task = context.task { object["task"] = task.json }
        if let text = context.justification { object["justification"] = .string(text) }
        if let text = context.plan { object["plan"] = .string(text) }
        if let rollback = context.rollback { object["rollback"] = rollback.json }
        if let window = context.window { object["window"] = window.json }
        if !context.links.isEmpty { object["links"] = .array(context.links.map(\.json)) }
        if let supersedes = context.supersedes { object["supersedes"] = .string(supersedes.text) }
        return .object(object)
    }

    /// The reader of actions names its members `action.…`; here they are members of `rollback`.
    private static func rollback(_ json: JSONValue) throws(MemberError) -> SubmittedAction {
        do {
            return try SubmittedAction(json: json)
        } catch {
            let inside = error.path.string.utf8.dropFirst("action".utf8.count)
            throw MemberError(code: error.code, path: Text("rollback" + (String(inside) ?? "")))
        }
    }

    private static func links(_ reader: inout MemberReader) throws(MemberError) -> [RequestContext.Link] {
        guard let items = try reader.optionalArray("links") else { return [] }
        guard items.count <= Limit.links else { throw reader.error(.invalidValue, "links") }
        var links: [RequestContext.Link] = []
        for (index, item) in items.enumerated() {
            var link = try MemberReader(item, path: reader.path(of: "links", element: index))
            links.append(try RequestContext.Link(&link))
        }
        return links
    }
}

extension RequestContext.Task {
    fileprivate init(_ reader: inout MemberReader) throws(MemberError) {
        let id = try reader.text("id", atMost: OpenRequestBody.Limit.identifier)
        guard !id.isEmpty else { throw reader.error(.invalidValue, "id") }
        var parent: RequestID?
        if let text = try reader.optionalText("parent") {
            parent = try reader.parsed(text, "parent") { RequestID($0) }
        }
        self.init(id: id, parent: parent, title: try reader.optionalText("title", atMost: OpenRequestBody.Limit.title))
        try reader.finish()
    }

    /// As it stands in a request.
    package var json: JSONValue {
        var object: JSONObject = ["id": .string(id)]
        if let parent { object["parent"] = .string(parent.text) }
        if let title { object["title"] = .string(title) }
        return .object(object)
    }
}

extension RequestContext.Window {
    fileprivate init(_ reader: inout MemberReader) throws(MemberError) {
        self.init(from: try reader.timestamp("from"), until: try reader.timestamp("until"))
        guard from < until else { throw reader.error(.invalidValue, "until") }
        try reader.finish()
    }

    /// As it stands in a request.
    package var json: JSONValue { ["from": "\(from.rfc3339)", "until": "\(until.rfc3339)"] }
}

extension RequestContext.Link {
    fileprivate init(_ reader: inout MemberReader) throws(MemberError) {
        self.init(
            rel: try reader.text("rel", atMost: OpenRequestBody.Limit.relation),
            href: try reader.text("href", atMost: OpenRequestBody.Limit.address))
        guard !rel.isEmpty else { throw reader.error(.invalidValue, "rel") }
        guard isWebAddress else { throw reader.error(.invalidValue, "href") }
        try reader.finish()
    }

    /// People will see the address and may open it: nothing but the web, and nothing that hides in it.
    private var isWebAddress: Bool {
        let isWeb = href.utf8.starts(with: "https://".utf8) || href.utf8.starts(with: "http://".utf8)
        let host = href.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).dropFirst(2).first
        return isWeb && !(host?.isEmpty ?? true) && href.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != 0x5C }
    }

    /// As it stands in a request.
    package var json: JSONValue { ["rel": .string(rel), "href": .string(href)] }
}
