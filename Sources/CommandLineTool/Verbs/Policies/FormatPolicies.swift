import ArgumentParser
import CanonicalEncoding
import CedarLanguage

struct FormatPolicies: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "format", abstract: "Lay policy text out anew.",
        discussion: """
            Comments and meaning stay as they are. Without --write or --check the result goes to standard output.

            Example:
              countersign policy format --write policies/*.cedar
            """)

    @Argument(help: ArgumentHelp("Files with Cedar policies; - is standard input.", valueName: "file"))
    var files: [String]

    @Flag(help: "Change the files in place.")
    var write = false

    @Flag(help: "Change nothing; fail and name the files that are laid out otherwise.")
    var check = false

    @Flag(help: "Print results as JSON, one document a file.")
    var json = false

    func validate() throws {
        guard !write || !check else { throw ValidationError("--write and --check exclude each other.") }
    }

    func run() async throws {
        var others: [String] = []
        for file in files {
            let source = try InputFile(file).text()
            let formatted: String
            do {
                formatted = try CedarFormatter.format(source)
            } catch {
                throw CommandFailure(
                    "\(file):\(error.position): \(error.message).",
                    hint: error.hint ?? "`countersign policy check` shows the place.")
            }
            let isOther = !formatted.utf8.elementsEqual(source.utf8)
            if write, isOther { try InputFile(file).replace(with: formatted) }
            if isOther { others.append(file) }
            report(file, formatted, isOther)
        }
        if check, !others.isEmpty {
            throw CommandFailure(
                "\(others.count) of \(files.count) files are laid out otherwise.",
                hint: "Run `countersign policy format --write` on them.")
        }
    }

    private func report(_ file: String, _ formatted: String, _ isOther: Bool) {
        let isInPlace = write || check
        if json {
            var document: JSONObject = ["file": "\(file)", "differs": .bool(isOther)]
            if !isInPlace { document["text"] = "\(formatted)" }
            Terminal.result(.object(document))
        } else if !isInPlace {
            Terminal.write(formatted, to: 1)
        } else if isOther {
            Terminal.result(Shown.text(file))
        }
    }
}
