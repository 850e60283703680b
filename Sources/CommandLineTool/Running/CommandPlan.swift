import CanonicalEncoding
import Glibc
import SecretMaterial
import WireProtocol

/// What the caller wants to run, before anything of it was looked at.
struct CommandPlan: Sendable {
    var argv: [Text]
    /// Names beside the ones that pass by default.
    var variables: [Text] = []
    var secretVariables: [Text] = []
    /// Positions in `argv`.
    var secretArguments: [Int] = []
    /// Standard input, read to its end; nil gives the command none.
    var stdin: [UInt8]?

    static let isEmpty = CommandFailure(
        "No command is given.",
        hint: "Write it after --, as in: countersign run --tool shell/psql -- psql -f fix.sql", status: .usage)
}

/// A command that is held ready: what people approve, and the values that stay here.
struct PreparedCommand: Sendable {
    let invocation: CommandInvocation
    let argv: [Text]
    let environment: [(name: Text, value: Text)]
    let stdin: [UInt8]?
    let executable: RetainedExecutable
    private let files: [NamedFiles.File]

    init(_ plan: CommandPlan, _ surroundings: ProcessSurroundings, random: (Int) -> [UInt8]) throws(CommandFailure) {
        guard let first = plan.argv.first, !first.isEmpty else {
            throw CommandPlan.isEmpty
        }
        try Self.checkEncoding(plan.argv, surroundings)
        let seek = ProgramSearch(surroundings)
        guard let path = seek.program(first) else {
            throw CommandFailure("There is no program \(first).", hint: "Check its name and PATH.", status: .usage)
        }
        let environment = try EnvironmentChoice(plan, surroundings).variables
        executable = try RetainedExecutable(path: path)
        argv = plan.argv
        stdin = plan.stdin
        self.environment = environment
        files = NamedFiles(argv: plan.argv, directory: surroundings.directory).current()
        invocation = CommandInvocation(
            argv: plan.argv.enumerated().map { index, text in
                plan.secretArguments.contains(index) ? .secret(SaltedDigest(of: text, salt: random(16))) : .text(text)
            },
            executable: .init(path: path, digest: executable.digest), directory: surroundings.directory,
            environment: environment.map { name, value in
                let isSecret = plan.secretVariables.contains(name)
                return .init(
                    name: name, value: isSecret ? .secret(SaltedDigest(of: value, salt: random(16))) : .text(value))
            },
            stdin: plan.stdin.map { Digest(sha256: $0) },
            files: files.map { file in
                let isSecret = plan.secretArguments.contains(file.argument)
                return .init(
                    argument: Int64(file.argument), path: isSecret ? nil : file.path, digest: file.digest)
            })
    }

    /// What would run now, and how it differs from what was asked for: empty means not at all.
    func differences() -> [String] {
        var differences: [String] = []
        if !executable.isUnchanged { differences.append("the program \(executable.path)") }
        let now = NamedFiles(argv: argv, directory: invocation.directory).current()
        for file in files where !now.contains(file) { differences.append(name(of: file)) }
        for file in now where !files.contains(where: { $0.argument == file.argument && $0.path == file.path }) {
            differences.append("\(name(of: file)), which was not there")
        }
        return differences
    }

    /// A secret argument is not written to a terminal or a log of the caller's either.
    private func name(of file: NamedFiles.File) -> String {
        guard case .text = invocation.argv[file.argument] else {
            return "the file that argument \(file.argument) names"
        }
        return "the file \(file.path)"
    }

    /// Bytes that are not UTF-8 have been replaced before they come here, and would run as something else.
    private static func checkEncoding(_ argv: [Text], _ surroundings: ProcessSurroundings) throws(CommandFailure) {
        guard !argv.contains(where: { $0.string.unicodeScalars.contains("\u{FFFD}") }) else {
            throw CommandFailure(
                "An argument is not UTF-8.", hint: "Put such values into a file and name the file.", status: .usage)
        }
    }
}

/// Finds programs as a shell would.
struct ProgramSearch {
    let surroundings: ProcessSurroundings

    init(_ surroundings: ProcessSurroundings) {
        self.surroundings = surroundings
    }

    /// The absolute path without links; nil where nothing executable is found.
    func program(_ name: Text) -> Text? {
        if name.utf8.contains(UInt8(ascii: "/")) { return FileKind.resolved(surroundings.absolute(name)) }
        for folder in (surroundings["PATH"] ?? "/usr/bin:/bin").utf8.split(separator: UInt8(ascii: ":")) {
            guard let folder = Text(utf8: folder) else { continue }
            let candidate = surroundings.absolute("\(folder)/\(name)")
            if FileKind(path: candidate) == .regular, FileKind.allows(X_OK, candidate) {
                return FileKind.resolved(candidate)
            }
        }
        return nil
    }
}

extension ProcessSurroundings {
    func absolute(_ path: Text) -> Text {
        path.utf8.first == UInt8(ascii: "/") ? path : "\(directory)/\(path)"
    }
}
