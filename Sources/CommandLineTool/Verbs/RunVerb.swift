import APIClient
package import ArgumentParser
import CanonicalEncoding
import DomainModel
import SecretMaterial
import WireProtocol

/// `countersign run -- COMMAND`: gated execution of one command.
package struct RunVerb: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Run a command once it is allowed, exactly as it was approved.",
        discussion: """
            The request names the arguments, the directory, the variables that pass, standard input, and the content of the \
            program and of every file that an argument names. Policy allows it, denies it, or asks people; then it runs \
            without a shell, from the program that was hashed. If anything changed meanwhile, nothing runs. Loader \
            variables such as LD_PRELOAD never pass.

            The exit status is the command's own. Where it never ran: 1 failed, 2 usage, 3 denied, 4 expired.

            Examples:
              countersign run --tool shell/sqlite3 --target prod -- sqlite3 orders.db 'SELECT count(*) FROM orders'
              countersign run --tool shell/psql --secret-env PGPASSWORD --expect-exit 0 --wait 2h -- psql -f fix.sql
            """)

    @OptionGroup(title: "Client") var options: ClientOptions
    @OptionGroup(title: "Request") var request: RequestOptions
    @OptionGroup(title: "Command") var invocation: InvocationOptions

    @Option(help: ArgumentHelp("The exit status that agrees with what was approved.", valueName: "status"))
    var expectExit: Int32?

    @Option(
        help: ArgumentHelp("The observation that the command's standard output is, such as rows.", valueName: "name"))
    var observe: String?

    @Option(help: ArgumentHelp("How long to wait for a decision.", valueName: "span"))
    var wait = Span(seconds: 1800)

    @Argument(parsing: .postTerminator, help: ArgumentHelp("The command and its arguments.", valueName: "command"))
    var command: [String] = []

    package init() {}

    package func run() async throws {
        guard !options.json else {
            throw CommandFailure(
                "run has no --json: the command's own output goes through.",
                hint: "Leave --json out; `countersign request show --json` prints the request.", status: .usage)
        }
        let surroundings = ProcessSurroundings.current
        let plan = try invocation.plan(command)
        let progress = ProgressLine.standardError
        let client = try options.client(surroundings, patience: .seconds(wait.seconds), progress: progress)
        let prepared = try PreparedCommand(plan, surroundings) { SystemRandom().bytes($0) }
        defer { prepared.executable.release() }
        let exit = expectExit.map { Expectation(observation: "exit_status", bound: .equals, value: "\($0)") }
        let body = try request.body(arguments: prepared.invocation.object, more: exit.map { [$0] } ?? [])
        let gated = GatedRun(
            client: client, command: prepared, body: body, progress: progress, observed: observe.map { Text($0) })
        let seconds = wait.seconds
        let result = await Interruption.cancelling { () async -> Result<Int32, CommandFailure> in
            do throws(CommandFailure) { return .success(try await gated.run(waitSeconds: seconds)) } catch {
                return .failure(error)
            }
        }
        let status = try result.get()
        if status != 0 { throw ExitCode(status) }
    }
}
