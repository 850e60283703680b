import ArgumentParser
import CanonicalEncoding
import DomainModel

struct AddUpstream: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Propose a tool server behind the gateway.",
        discussion: """
            It is reached at --url, or it is the program behind `--`, which the authority runs as its own user with the \
            environment that is named here and nothing else. Of a credential only the place is registered where the authority \
            finds it: a file, or a variable of its own.

            Example:
              countersign upstream add orders --target orders=Database:prod/orders@prod --set PATH=text:/usr/bin \
            --set TOKEN=file:/run/orders-token -- /usr/bin/python3 /srv/orders.py
            """)

    @Argument(help: "The server's name: 1 to 32 of a-z, 0-9 and -.")
    var name: String

    @Option(help: ArgumentHelp("Streamable HTTP: https, or http on this host.", valueName: "url"))
    var url: String?

    @Option(
        name: .customLong("set"),
        help: ArgumentHelp(
            "A header, or a variable of the program: NAME=file:PATH, NAME=variable:NAME or NAME=text:VALUE; repeat for several.",
            valueName: "setting"))
    var settings: [SettingArgument] = []

    @Option(help: ArgumentHelp("What its tools touch: NAME=TYPE:ID@ENVIRONMENT.", valueName: "target"))
    var target: TargetArgument

    @Flag(help: "Believe what it says of which tools only read or can destroy.")
    var believeAnnotations = false

    @Option(help: ArgumentHelp("How long a call may take.", valueName: "span"))
    var callTime = Span(seconds: 60)

    @Option(help: ArgumentHelp("How long a caller waits for people before it is told to come back.", valueName: "span"))
    var hold = Span(seconds: 50)

    @Option(help: ArgumentHelp("What a result may hold.", valueName: "bytes"))
    var resultBytes: Int64 = 4 << 20

    @Option(
        name: .customLong("preview"),
        help: ArgumentHelp(
            "TOOL=PREVIEW, or TOOL=PREVIEW:/field,/field: before TOOL runs, approvers see what PREVIEW answers; repeat for several.",
            valueName: "preview"))
    var previews: [PreviewArgument] = []

    @Argument(parsing: .postTerminator, help: "The program by absolute path, and its arguments.")
    var command: [String] = []

    @OptionGroup var proposal: ProposalOptions

    func validate() throws {
        guard (url == nil) != command.isEmpty else {
            throw ValidationError("Give either --url or a program behind `--`.")
        }
    }

    func run() async throws {
        let transport: UpstreamServer.Transport =
            if let url {
                .http(.init(url: Text(url), headers: settings.map(\.setting)))
            } else {
                .command(.init(argv: command.map { Text($0) }, environment: settings.map(\.setting)))
            }
        try await proposal.propose(
            .registerUpstream(
                UpstreamServer(
                    name: Text(name), transport: transport, target: target.target,
                    believesAnnotations: believeAnnotations,
                    limits: .init(resultBytes: resultBytes, callSeconds: callTime.seconds, holdSeconds: hold.seconds),
                    previews: previews.map(\.preview))))
    }
}

/// `NAME=file:PATH`, `NAME=variable:NAME` or `NAME=text:VALUE` on the command line.
struct SettingArgument: ExpressibleByArgument, Sendable {
    var setting: UpstreamServer.Setting

    init?(argument: String) {
        let sides = argument.utf8.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
        guard sides.count == 2, let name = Text(utf8: sides[0]) else { return nil }
        let parts = sides[1].split(separator: UInt8(ascii: ":"), maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let value = Text(utf8: parts[1]), !name.isEmpty else { return nil }
        let source: UpstreamServer.Setting.Source
        switch String(decoding: parts[0], as: UTF8.self) {
        case "file": source = .file(value)
        case "variable": source = .environment(value)
        case "text": source = .text(value)
        default: return nil
        }
        setting = UpstreamServer.Setting(name: name, source: source)
    }
}

/// `TOOL=PREVIEW` or `TOOL=PREVIEW:/field,/field` on the command line.
struct PreviewArgument: ExpressibleByArgument, Sendable {
    var preview: UpstreamServer.Preview

    init?(argument: String) {
        let sides = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard sides.count == 2 else { return nil }
        let parts = sides[1].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard !sides[0].isEmpty, let name = parts.first, !name.isEmpty else { return nil }
        let fields = parts.count == 2 ? parts[1].split(separator: ",") : []
        guard fields.allSatisfy({ $0.utf8.first == UInt8(ascii: "/") }) else { return nil }
        preview = UpstreamServer.Preview(
            tool: Text(String(sides[0])), preview: Text(String(name)), fields: fields.map { Text(String($0)) })
    }
}
