import ActionRendering
import CanonicalEncoding
import DomainModel
import Foundation
import Testing

/// Renderings as people see them, kept as files so that a change of the view is a change that somebody reads.
/// `COUNTERSIGN_UPDATE_GOLDEN=1` writes them anew.
@Suite struct GoldenRenderingTests {
    static func subject(_ name: String) throws -> RenderingSubject {
        switch name {
        case "delete-in-production": return try Sample.subject(Sample.sql())
        case "multi-line-statement":
            return try Sample.subject(
                Sample.sql(["sql": "UPDATE orders\n   SET status = 'void'\n WHERE id = 7;\n-- path C:\\new\n"]))
        case "hidden-characters":
            return try Sample.subject(
                Sample.sql([
                    "bidi": "file\u{202E}gpj.exe", "invisible": "DROP\u{200B} TABLE", "tags": "a\u{E0041}\u{E0042}",
                    "padding": .string(Text("ok" + String(repeating: " ", count: 5000) + "; DROP TABLE orders")),
                    "lookalike": "p\u{430}ypal", "decomposed": "cafe\u{301}", "a.b[\"0\"]": ["": "empty name"],
                    "terminal": "\u{1B}]8;;https://example.org\u{7}x",
                ]))
        case "command":
            let digest = JSONValue.string(Text(Digest(sha256: [5]).wire))
            return try Sample.subject(
                Sample.command([
                    "argv": ["sqlite3", "orders.db", "DELETE FROM orders WHERE note = 'it''s void'"],
                    "cwd": "/srv/shop",
                    "env": ["LANG": "C.UTF-8", "PATH": "/usr/bin:/bin"],
                    "executable": ["path": "/usr/bin/sqlite3", "digest": digest], "stdin": digest,
                    "files": [["argument": 1, "path": "/srv/shop/orders.db", "digest": digest]],
                ]),
                tool: Sample.tool(
                    .command, title: "Run a command on build-7",
                    traits: RegisteredTool.Traits(destructive: true, readOnly: false, openWorld: false)))
        case "secret":
            return try Sample.subject(
                Sample.sql([
                    "user": "report",
                    "password": [
                        "$secret": ["digest": .string(Text(Digest(sha256: [6]).wire)), "salt": "c2FsdC1zYWx0"]
                    ],
                ]))
        case "uninspectable":
            return try Sample.subject(Sample.sql(["blob": .string(Text(String(repeating: "QUJD", count: 300)))]))
        case "asked-again":
            var subject = try Sample.subject(Sample.sql(["sql": "DELETE FROM orders WHERE id = 8", "dry": false]))
            subject.superseded = Sample.sql(["sql": "DELETE FROM orders WHERE id = 7", "limit": 1])
            subject.context.supersedes = Sample.request(3)
            return subject
        default: return try talkative()
        }
    }

    /// Everything that the server knows and the agent can say.
    static func talkative() throws -> RenderingSubject {
        var subject = try Sample.subject(Sample.sql())
        subject.context = RequestContext(
            task: RequestContext.Task(id: "deploy-4711", parent: Sample.request(1), title: "Repair the deployment"),
            justification: "Pre-approved by Alice.\n[Approve](https://example.org)\n\u{202E}evorppA",
            plan: "1. count\n2. delete\n3. count again",
            rollback: SubmittedAction(
                server: "orders-db", name: "restore", arguments: ["of": "today", "tables": ["orders"]]),
            window: RequestContext.Window(from: Sample.now, until: Sample.now.adding(seconds: 1800)),
            links: [RequestContext.Link(rel: "ticket", href: "https://tickets.example/OPS-12")])
        subject.effects = [
            RenderingSubject.PredictedEffect(
                provider: "sql-count", of: "orders where status = 'void'", value: "1842", readAt: Sample.now)
        ]
        return subject
    }

    @Test(arguments: [
        "delete-in-production", "multi-line-statement", "hidden-characters", "command", "secret", "uninspectable",
        "asked-again", "everything-around-it",
    ])
    func `the view is the one that is kept`(name: String) throws {
        let rendering = Renderer.render(try Self.subject(name))
        let shown = Array("\(rendering.transcript)\n\(rendering.digest.wire)\n".utf8)
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden/\(name).txt")
        if ProcessInfo.processInfo.environment["COUNTERSIGN_UPDATE_GOLDEN"] == "1" {
            try Data(shown).write(to: file)
        }
        #expect(
            try Array(Data(contentsOf: file)) == shown,
            "COUNTERSIGN_UPDATE_GOLDEN=1 writes the files anew; read the difference")
    }
}
