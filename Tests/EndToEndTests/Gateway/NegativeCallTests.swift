import APIClient
import AuthorityTestKit
import CanonicalEncoding
import DomainModel
import Foundation
import SecretMaterial
import Testing

/// Threats MC-04, MC-08 and MC-09, and slow and hostile tool servers, over HTTP with a witness.
@Suite(.timeLimit(.minutes(3))) struct NegativeCallTests {
    // MARK: MC-08

    /// Arguments as a client writes them, and as the tool server gets them; nil: not at all.
    static let arguments: [(name: String, sent: String, forwarded: String?)] = [
        ("in order", #"{"text":"x","count":1}"#, #"{"count":1,"text":"x"}"#),
        ("white space and escapes", "{ \"t\\u0065xt\" :\t\"\\u0078\\/\" }", #"{"text":"x/"}"#),
        ("a default is not put in", #"{"text":"x"}"#, #"{"text":"x"}"#),
        (
            "a reference is data", ##"{"text":"#/$defs/a","nested":{"a":"$ref"}}"##,
            ##"{"nested":{"a":"$ref"},"text":"#/$defs/a"}"##
        ),
        ("null is not missing", #"{"text":"x","kind":null}"#, nil),
        ("missing what must be there", #"{"count":1}"#, nil), ("null for what must be there", #"{"text":null}"#, nil),
        ("one that nobody knows", #"{"text":"x","extra":1}"#, nil),
        ("a reference that nobody knows", ##"{"text":"x","$ref":"#/$defs/a"}"##, nil),
        ("one of Object's own", #"{"text":"x","__proto__":{"a":1}}"#, nil),
        ("one in the nested object that nobody knows", #"{"text":"x","nested":{"b":"y"}}"#, nil),
        ("a number as text", #"{"text":"x","count":"1"}"#, nil), ("text as a number", #"{"text":1}"#, nil),
        ("a fraction for a whole number", #"{"text":"x","count":1.5}"#, nil),
        ("a number that no double holds", #"{"text":"x","count":9007199254740993}"#, nil),
        ("a twin in letters of another script", #"{"t\u0435xt":"x"}"#, nil),
        ("a text in its two forms stays as it is", #"{"text":"\u00e9e\u0301"}"#, "{\"text\":\"\u{E9}e\u{301}\"}"),
        ("a list of another kind", #"{"text":"x","list":["a",1]}"#, nil),
    ]

    @Test func `the tool server gets canonical bytes of what its schema takes, and nothing else`() async throws {
        try await GatewayHost.run { host in
            let session = try await GatewaySession(try host.client())
            var expected: [String] = []
            for (index, row) in Self.arguments.enumerated() {
                let answer = try await session.send(
                    #"{"jsonrpc":"2.0","id":\#(index + 1),"method":"tools/call","params":{"name":"witness___echo","arguments":\#(row.sent)}}"#
                )
                if let forwarded = row.forwarded {
                    expected.append(#""arguments":\#(forwarded)"#)
                    #expect(answer.gateStatus == nil && answer.rpcCode == nil, "\(row.name): \(answer.message)")
                } else {
                    #expect(answer.gateStatus == "refused" || answer.rpcCode != nil, "\(row.name): \(answer.message)")
                }
                let seen = host.witness.seen
                #expect(seen.count == expected.count, "\(row.name): \(seen.last ?? "")")
                if let last = expected.last {
                    #expect(seen.last?.contains(last) == true, "\(row.name): \(seen.last ?? "")")
                }
            }
            // Refused before policy: there is no request for them, and nothing waits.
            #expect(try await host.browser.waitingRequests().isEmpty)
        }
    }

    @Test func `one and one point nought are one number, and one call`() async throws {
        try await GatewayHost.run { host in
            let session = try await GatewaySession(try host.client())
            for (id, number) in [(1, "1"), (2, "1.0")] {
                let answer = try await session.send(
                    #"{"jsonrpc":"2.0","id":\#(id),"method":"tools/call","params":{"name":"witness___echo","arguments":{"text":"x","count":\#(number)}}}"#
                )
                // A profile that takes no such spelling may refuse it; what it may not do is to send another number on.
                #expect(answer.gateStatus == nil || answer.gateStatus == "refused", "\(answer.message)")
            }
            #expect(host.witness.seen.allSatisfy { $0.contains(#"{"count":1,"text":"x"}"#) })
            #expect(!host.witness.seen.isEmpty)
        }
    }

    // MARK: MC-04

    @Test func `a definition that changes after the approval makes it stale, and the next call is asked about anew`()
        async throws
    {
        try await GatewayHost.run { host in
            let session = try await GatewaySession(try host.client())
            let waiting = try await session.call("witness___gated", ["row": 1], id: 1)
            #expect(waiting.gateStatus == "waiting_for_approval", "\(waiting.message)")
            let first = try #require(try await host.browser.waitingRequests().first)
            try await host.browser.vote(.approve, on: first)
            try host.witness.change()
            let isStale = try await ServerProcess.eventually { [host] in
                try await host.browser.status(of: first) == .stale ? true : nil
            }
            #expect(isStale == true)
            let again = try await session.call("witness___gated", ["row": 1], id: 2)
            #expect(again.gateStatus == "waiting_for_approval", "\(again.message)")
            let second = try #require(try await host.browser.waitingRequests().first)
            #expect(second != first)
            #expect(host.witness.seen.isEmpty)
            // What people allow of the new one runs, once.
            try await host.browser.vote(.approve, on: second)
            #expect(try await session.call("witness___gated", ["row": 1], id: 4).gateStatus == nil)
            #expect(host.witness.seen.count == 1)
        }
    }

    // MARK: MC-09

    @Test func `what a client is to come back with is good for its own call alone, once, and gives nothing`()
        async throws
    {
        try await GatewayHost.run { host in
            let own = StatelessCalls(client: try host.client())
            let stranger = StatelessCalls(client: try await host.stranger())
            func state() async throws -> JSONValue {
                let answer = try await own.call("witness___gated", ["row": 1])
                return try #require(answer.result?["requestState"], "\(answer.message)")
            }
            func come(
                _ calls: StatelessCalls, with state: JSONValue, _ tool: Text = "witness___gated",
                _ arguments: JSONValue = ["row": 1], at path: String = "/mcp"
            ) async throws -> TransportResponse {
                var calls = calls
                calls.path = path
                return try await calls.call(tool, arguments, more: ["requestState": state])
            }
            let good = try await state()
            let text = try #require(good.stringValue)
            let bent = String(text.dropLast()) + (text.hasSuffix("A") ? "B" : "A")
            let refused: [(String, TransportResponse)] = [
                ("never given", try await come(own, with: "c2VjcmV0")),
                ("bent", try await come(own, with: .string(Text(bent)))),
                ("cut", try await come(own, with: .string(Text(String(text.dropLast(4)))))),
                ("empty", try await come(own, with: "")), ("no text", try await come(own, with: 7)),
                ("another agent's", try await come(stranger, with: good)),
                ("another tool", try await come(own, with: good, "witness___echo", ["text": "x"])),
                ("other arguments", try await come(own, with: good, "witness___gated", ["row": 2])),
                (
                    "another address",
                    try await come(own, with: good, "gated", ["row": 1], at: "/mcp/witness")
                ),
            ]
            for (name, answer) in refused { #expect(answer.rpcCode == -32602, "\(name): \(answer.message)") }
            #expect(host.witness.seen.isEmpty)
            // None of that used it up, and it opened nothing: one request waits.
            #expect(try await host.browser.waitingRequests().count == 1)
            let next = try await come(own, with: good)
            #expect(next.result?["resultType"] == "input_required", "\(next.message)")
            let replayed = try await come(own, with: good)
            #expect(replayed.rpcCode == -32602, "\(replayed.message)")
            // The approval is consumed by the server, whatever the client holds.
            let request = try #require(try await host.browser.waitingRequests().first)
            try await host.browser.vote(.approve, on: request)
            let last = try #require(next.result?["requestState"])
            #expect(try await come(own, with: last).result?["content"] != nil)
            #expect(host.witness.seen.count == 1)
            for state in [last, good] { #expect(try await come(own, with: state).rpcCode == -32602) }
            #expect(host.witness.seen.count == 1)
            // Answers to questions that nobody asked are no answers.
            let answered = try await own.call(
                "witness___gated", ["row": 1], more: ["inputResponses": ["approve": ["action": "accept"]]])
            #expect(answered.rpcCode == -32602, "\(answered.message)")
            #expect(host.witness.seen.count == 1)
        }
    }

    // MARK: Tool servers that misbehave

    @Test func `a tool server that is too slow is unknown, and nothing repeats the call`() async throws {
        try await GatewayHost.run(callSeconds: 1) { host in
            let session = try await GatewaySession(try host.client())
            let answer = try await session.call("witness___slow", [:], id: 1)
            #expect(answer.gateStatus == "unknown", "\(answer.message)")
            #expect(host.witness.seen.count == 1)
            try host.witness.open()
            // The late answer changes nothing, and others are served.
            let isServed = try await ServerProcess.eventually {
                try await session.call("witness___echo", ["text": "x"], id: .string(Text(UUID().uuidString))).gateStatus
                    == nil
                    ? true : nil
            }
            #expect(isServed == true)
            #expect(host.witness.seen.count { $0.contains("\"slow\"") } == 1)
        }
    }

    @Test func `escapes and markup in a result reach the client as data, and no page and no log`() async throws {
        try await GatewayHost.run { host in
            let session = try await GatewaySession(try host.client())
            let answer = try await session.call("witness___paint", [:], id: 1)
            let painted = "\u{1B}[2J\u{1B}]0;owned\u{7}\u{202E}<script>alert(1)</script>\r\n\u{0}|"
            #expect(answer.result?["content"]?.arrayValue?.first?["text"] == .string(Text(painted)))
            #expect(answer.result?["structuredContent"]?["painted"] == .string(Text(painted)))
            // On the way it is JSON: no byte of it could act upon a terminal that shows the exchange.
            #expect(answer.body.allSatisfy { $0 >= 0x20 || $0 == 0x0A })
            #expect(answer["content-type"]?.string.hasPrefix("text/html") == false)
            #expect(answer["x-content-type-options"] == "nosniff")
            #expect(!host.server.writtenLog.contains("owned") && !host.server.writtenLog.contains("\u{1B}"))
        }
    }

    @Test func `what a tool server asks of its client is refused, and reaches neither agent nor approver`() async throws
    {
        try await GatewayHost.run { host in
            let session = try await GatewaySession(try host.client())
            let answer = try await session.call("witness___nags", [:], id: 1)
            #expect(answer.result?["content"]?.arrayValue?.first?["text"] == "nagged", "\(answer.message)")
            #expect(!String(decoding: answer.body, as: UTF8.self).contains("Approve it?"))
            let answers = try await ServerProcess.eventually {
                host.witness.answers.count >= 3 ? host.witness.answers : nil
            }
            let said = try #require(answers)
            #expect(
                said.count == 3 && said.allSatisfy { $0.contains("\"error\"") && !$0.contains("\"result\"") }, "\(said)"
            )
            #expect(try await host.browser.waitingRequests().isEmpty)
        }
    }
}
