import CanonicalEncoding
import Foundation

/// The two kinds of revisions of the protocol.
enum ToolProtocol: String, CaseIterable {
    case sessions = "2025-11-25"
    case stateless = "2026-07-28"
}

/// A client of one MCP endpoint, which writes its calls ahead.
struct ToolClient {
    let place: Connection.Place
    private let path: String
    private let revision: ToolProtocol
    /// Adds token and proof; nil where nobody asks for them.
    private var agent: HTTPAgent?
    private let fields: [String]
    private var session: String?
    /// In a session no id is given twice.
    private var made = 0

    /// Begins a session, where the revision has one.
    init(
        _ revision: ToolProtocol, at place: Connection.Place, _ path: String, as agent: HTTPAgent? = nil,
        fields: [String] = []
    ) throws {
        self.place = place
        self.path = path
        self.revision = revision
        self.agent = agent
        self.fields = fields
        guard revision == .sessions else { return }
        let greeting = try exchange(
            message(
                0, "initialize",
                ["protocolVersion": .string(Text(revision.rawValue)), "capabilities": [:], "clientInfo": Self.client]))
        guard greeting.hasPrefix("HTTP/1.1 200") else { throw BenchError("no session: \(greeting.prefix(600))") }
        session = Connection.field("mcp-session-id", of: greeting)
        _ = try exchange(["jsonrpc": "2.0", "method": "notifications/initialized"])
    }

    /// A call of the echo tool, ready to be sent.
    func call(_ number: Int, tool: Text = "echo", text: Text = "a line of an ordinary length, as tools are told") throws
        -> [UInt8]
    {
        let call = message(number, "tools/call", ["name": .string(tool), "arguments": ["text": .string(text)]])
        return Array(try written(call, method: "tools/call", tool: tool).utf8)
    }

    /// To be sent within half a minute: the proofs grow old.
    mutating func calls(_ count: Int, tool: Text = "echo") throws -> [[UInt8]] {
        try agent?.renew()
        defer { made += count }
        return try (1...count).map { try call(made + $0, tool: tool) }
    }

    func toolList() throws -> String { try exchange(message(1, "tools/list", [:])) }

    private static let client: JSONValue = ["name": "countersign-bench", "version": "1"]

    private func message(_ id: Int, _ method: Text, _ params: JSONObject) -> JSONValue {
        var params = params
        if revision == .stateless {
            params["_meta"] = [
                "io.modelcontextprotocol/protocolVersion": .string(Text(revision.rawValue)),
                "io.modelcontextprotocol/clientInfo": Self.client, "io.modelcontextprotocol/clientCapabilities": [:],
            ]
        }
        return ["jsonrpc": "2.0", "id": .integer(Int64(id)), "method": .string(method), "params": .object(params)]
    }

    private func exchange(_ message: JSONValue) throws -> String {
        let connection = try Connection(port: place.port)
        defer { connection.close() }
        try connection.send(
            try written(message, method: message["method"]?.textValue?.string ?? "", closing: true))
        var answer = ""
        while let part = connection.receive() { answer += part }
        return answer
    }

    private func written(
        _ message: JSONValue, method: String, tool: Text? = nil, closing: Bool = false
    ) throws -> String {
        var fields = [
            "Content-Type: application/json", "Accept: application/json, text/event-stream",
        ]
        if method != "initialize" { fields.append("Mcp-Protocol-Version: \(revision.rawValue)") }
        if revision == .stateless { fields.append("Mcp-Method: \(method)") }
        if revision == .stateless, let tool { fields.append("Mcp-Name: \(tool)") }
        if let session { fields.append("Mcp-Session-Id: \(session)") }
        if let agent { fields += try agent.fields("POST", Text(path)) }
        if closing { fields.append("Connection: close") }
        return Connection.message(
            "POST", path, host: place.host, fields: fields + self.fields, body: CanonicalJSON.text(message))
    }
}
