import CanonicalEncoding
import ModelContextProtocol
import Testing

struct RoutingHeaderTests {
    private static let meta: JSONObject = [
        CallEnvelope.revisionMember: "2026-07-28",
        CallEnvelope.capabilitiesMember: ["extensions": ["io.modelcontextprotocol/tasks": [:]]],
        CallEnvelope.clientMember: ["name": "a client", "version": "1"],
    ]

    private func call(_ name: Text = "drop_table", meta: JSONObject = Self.meta) -> RPCRequest {
        RPCRequest(id: .integer(1), method: "tools/call", params: ["name": .string(name), "_meta": .object(meta)])
    }

    private func headers(
        method: [Text] = ["tools/call"], name: [Text] = ["drop_table"], revision: [Text] = ["2026-07-28"]
    ) -> RoutingHeaders {
        RoutingHeaders(method: method, name: name, revision: revision)
    }

    @Test func `headers that say what the body says are taken`() throws {
        let envelope = try CallEnvelope(call(), headers: headers())
        #expect(envelope.takesTasks)
        #expect(envelope.clientName == "a client")
        #expect(envelope.revision == .july2026)
    }

    @Test(arguments: [
        (["tools/list"], ["drop_table"], ["2026-07-28"]), ([], ["drop_table"], ["2026-07-28"]),
        (["tools/call", "tools/call"], ["drop_table"], ["2026-07-28"]),
        (["tools/call"], ["read_table"], ["2026-07-28"]), (["tools/call"], [], ["2026-07-28"]),
        (["tools/call"], ["drop_table", "drop_table"], ["2026-07-28"]),
        (["TOOLS/CALL"], ["drop_table"], ["2026-07-28"]),
        (["tools/call"], ["=?base64?ZHJvcF90YWJsZQ==?="], ["2026-07-28"]),
        (["tools/call"], ["=?base64?!!?="], ["2026-07-28"]), (["tools/call"], ["drop_table"], []),
        (["tools/call"], ["drop_table"], ["2026-07-28", "2026-07-28"]),
    ])
    func `a header that is missing, doubled, spelt otherwise or says something else is refused`(
        method: [String], name: [String], revision: [String]
    ) {
        let headers = headers(
            method: method.map { Text($0) }, name: name.map { Text($0) }, revision: revision.map { Text($0) })
        let error = #expect(throws: RPCError.self) { try CallEnvelope(call(), headers: headers) }
        #expect(error?.code == .headerMismatch)
    }

    @Test func `a revision that is not spoken says which are`() {
        let error = #expect(throws: RPCError.self) {
            try CallEnvelope(call(), headers: headers(revision: ["2099-01-01"]))
        }
        #expect(error?.code == .unsupportedRevision)
        #expect(error?.data?["supported"]?.arrayValue?.contains("2026-07-28") == true)
    }

    @Test(arguments: [CallEnvelope.revisionMember, CallEnvelope.capabilitiesMember])
    func `an envelope without what it must say is refused`(member: Text) {
        var meta = Self.meta
        meta[member] = nil
        let error = #expect(throws: RPCError.self) { try CallEnvelope(call(meta: meta), headers: headers()) }
        #expect(error?.code == .invalidParams)
    }

    @Test func `an envelope of another revision than its header is refused`() {
        var meta = Self.meta
        meta[CallEnvelope.revisionMember] = "2025-11-25"
        let error = #expect(throws: RPCError.self) { try CallEnvelope(call(meta: meta), headers: headers()) }
        #expect(error?.code == .headerMismatch)
    }

    @Test func `a name header where the method has none is refused`() {
        let list = RPCRequest(id: .integer(1), method: "tools/list", params: ["_meta": .object(Self.meta)])
        let error = #expect(throws: RPCError.self) {
            try CallEnvelope(list, headers: headers(method: ["tools/list"], name: ["drop_table"]))
        }
        #expect(error?.code == .headerMismatch)
    }

    @Test(arguments: ["plain", "mit Leerzeichen", " edge", "ünïcode", "=?base64?eA==?=", "a\nb", ""])
    func `what a header carries is read back as it was`(text: String) {
        let encoded = HeaderValue.encoded(Text(text))
        #expect(encoded.utf8.allSatisfy { (0x20...0x7E).contains($0) })
        #expect(HeaderValue.decoded(encoded) == Text(text))
    }

    @Test func `a name outside ASCII is compared by its bytes, decoded`() throws {
        let name: Text = "löschen"
        let headers = headers(name: [HeaderValue.encoded(name)])
        #expect(throws: Never.self) { try CallEnvelope(call(name), headers: headers) }
    }
}
