import CanonicalEncoding
import ModelContextProtocol
import Testing

struct MessageTests {
    private func read(_ text: String) throws -> RPCMessage {
        try RPCMessage(json: try JSONReader.read(text))
    }

    @Test func `a message is a request, a notification or an answer, and is written as it was read`() throws {
        for text in [
            #"{"id":1,"jsonrpc":"2.0","method":"tools/call","params":{"name":"a"}}"#,
            #"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":"x"}}"#,
            #"{"id":"a","jsonrpc":"2.0","result":{"ok":true}}"#,
            #"{"error":{"code":-32603,"message":"no"},"id":null,"jsonrpc":"2.0"}"#,
        ] {
            let json =
                switch try read(text) {
                case .request(let request): request.json
                case .notification(let notification): notification.json
                case .response(let response): response.json
                }
            #expect(CanonicalJSON.encode(json) == Array(text.utf8))
        }
    }

    @Test(arguments: [
        "[]", #"[{"id":1,"jsonrpc":"2.0","method":"tools/list"}]"#, "1", "null",
        #"{"id":1,"method":"tools/list"}"#, #"{"id":1,"jsonrpc":"1.0","method":"tools/list"}"#,
        #"{"id":null,"jsonrpc":"2.0","method":"tools/list"}"#, #"{"id":1.5,"jsonrpc":"2.0","method":"tools/list"}"#,
        #"{"id":[1],"jsonrpc":"2.0","method":"tools/list"}"#, #"{"id":true,"jsonrpc":"2.0","method":"tools/list"}"#,
        #"{"id":1,"jsonrpc":"2.0","method":7}"#, #"{"id":1,"jsonrpc":"2.0","method":"a","params":[]}"#,
        #"{"id":1,"jsonrpc":"2.0","method":"a","params":null}"#, #"{"id":1,"jsonrpc":"2.0","method":"a","extra":1}"#,
        #"{"id":1,"jsonrpc":"2.0","method":"a","result":{}}"#, #"{"id":1,"jsonrpc":"2.0","result":1}"#,
        #"{"id":1,"jsonrpc":"2.0","result":{},"error":{"code":1,"message":"a"}}"#,
        #"{"id":null,"jsonrpc":"2.0","result":{}}"#,
        #"{"id":1,"jsonrpc":"2.0","error":{"code":"1","message":"a"}}"#, #"{"id":1,"jsonrpc":"2.0"}"#,
    ])
    func `whatever is not exactly one message is refused as an invalid request`(text: String) throws {
        let error = #expect(throws: RPCError.self) { try read(text) }
        #expect(error?.code == .invalidRequest)
    }

    @Test func `a method is compared as it stands`() throws {
        guard case .request(let request) = try read(#"{"id":1,"jsonrpc":"2.0","method":"Tools/call "}"#) else {
            Issue.record("no request")
            return
        }
        #expect(request.method == "Tools/call ")
    }

    @Test(arguments: [
        ("2025-11-25", ProtocolRevision.november2025), ("2025-06-18", .june2025), ("2025-03-26", .march2025),
        ("2024-11-05", .november2025), ("2026-07-28", .november2025), ("zzz", .november2025),
    ])
    func `initialize agrees on what is asked for, or offers the newest revision that has sessions`(
        wanted: String, agreed: ProtocolRevision
    ) {
        #expect(ProtocolRevision.negotiated(Text(wanted)) == agreed)
    }

    @Test(arguments: [
        (RPCError.Code.parseError, 400), (.headerMismatch, 400), (.methodNotFound, 404), (.internalError, 200),
    ])
    func `an error has the status that the revision names`(code: RPCError.Code, status: Int) {
        #expect(RPCError(code, "x").httpStatus == status)
    }
}
