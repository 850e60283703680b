package import CanonicalEncoding

/// The arguments of a `command` tool: everything about a program's run that influences what it does.
///
/// ```json
/// {"argv": ["sqlite3", "orders.db", "SELECT 1"],
///  "executable": {"path": "/usr/bin/sqlite3", "digest": "sha-256:…"},
///  "directory": "/srv/orders", "environment": {"PATH": "/usr/bin"}, "stdin": null,
///  "files": [{"argument": 1, "path": "orders.db", "digest": "sha-256:…"}]}
/// ```
package struct CommandInvocation: Hashable, Sendable {
    package struct Executable: Hashable, Sendable {
        /// Absolute, as it was found.
        package var path: Text
        package var digest: Digest

        package init(path: Text, digest: Digest) {
            self.path = path
            self.digest = digest
        }
    }

    /// A file that an argument names: its content counts, never its path alone.
    package struct File: Hashable, Sendable {
        /// Which element of `argv`.
        package var argument: Int64
        /// As it stands in the argument; relative to `directory`. Nil for an argument that is kept secret: its text would show.
        package var path: Text?
        package var digest: Digest

        package init(argument: Int64, path: Text?, digest: Digest) {
            self.argument = argument
            self.path = path
            self.digest = digest
        }
    }

    package struct Variable: Hashable, Sendable {
        package var name: Text
        package var value: CommandValue

        package init(name: Text, value: CommandValue) {
            self.name = name
            self.value = value
        }
    }

    /// At least one; the first is the name that the program is called by.
    package var argv: [CommandValue]
    package var executable: Executable
    /// Absolute.
    package var directory: Text
    /// Everything that passes; nothing else does.
    package var environment: [Variable]
    /// Of what standard input holds; nil where there is none.
    package var stdin: Digest?
    package var files: [File]

    package init(
        argv: [CommandValue], executable: Executable, directory: Text, environment: [Variable] = [],
        stdin: Digest? = nil, files: [File] = []
    ) {
        self.argv = argv
        self.executable = executable
        self.directory = directory
        self.environment = environment
        self.stdin = stdin
        self.files = files
    }

    /// Strict: unknown members, relative paths, zero bytes, loader variables and files of arguments that do not exist are
    /// refused.
    package init(json: JSONValue, path: Text = "arguments") throws(MemberError) {
        var reader = try MemberReader(json, path: path)
        argv = try Self.values(&reader)
        var executable = try reader.reader("executable")
        self.executable = Executable(path: try executable.absolutePath("path"), digest: try executable.digest("digest"))
        try executable.finish()
        directory = try reader.absolutePath("directory")
        environment = try Self.variables(&reader)
        let stdin = try reader.required("stdin")
        self.stdin = stdin.isNull ? nil : try reader.digest("stdin")
        files = try Self.files(&reader, of: argv)
        try reader.finish()
    }

    package var json: JSONValue { .object(object) }

    /// The arguments of the action.
    package var object: JSONObject {
        var variables = JSONObject()
        for variable in environment { variables[variable.name] = variable.value.json }
        return [
            "argv": .array(argv.map(\.json)),
            "executable": ["path": .string(executable.path), "digest": "\(executable.digest.wire)"],
            "directory": .string(directory),
            "environment": .object(variables),
            "stdin": stdin.map { .string(Text($0.wire)) } ?? .null,
            "files": .array(
                files.map { file in
                    var object: JSONObject = ["argument": .integer(file.argument), "digest": "\(file.digest.wire)"]
                    object["path"] = file.path.map { .string($0) }
                    return .object(object)
                }),
        ]
    }

    private static func values(_ reader: inout MemberReader) throws(MemberError) -> [CommandValue] {
        var values: [CommandValue] = []
        for (index, item) in try reader.array("argv").enumerated() {
            values.append(try CommandValue(json: item, path: reader.path(of: "argv", element: index)))
        }
        guard !values.isEmpty else { throw reader.error(.invalidValue, "argv") }
        return values
    }

    private static func variables(_ reader: inout MemberReader) throws(MemberError) -> [Variable] {
        let variables = try reader.reader("environment")
        var list: [Variable] = []
        for member in variables.object.members {
            guard EnvironmentRule.isName(member.name), !EnvironmentRule.isLoaderVariable(member.name) else {
                throw variables.error(.invalidValue, member.name)
            }
            let value = try CommandValue(json: member.value, path: variables.path(of: member.name))
            list.append(Variable(name: member.name, value: value))
        }
        return list
    }

    private static func files(_ reader: inout MemberReader, of argv: [CommandValue]) throws(MemberError) -> [File] {
        var files: [File] = []
        for (index, item) in try reader.array("files").enumerated() {
            var file = try MemberReader(item, path: reader.path(of: "files", element: index))
            let argument = try file.integer("argument")
            guard argument >= 1, argument < argv.count else { throw file.error(.invalidValue, "argument") }
            let path = try Self.path(&file, of: argv[Int(argument)])
            files.append(File(argument: argument, path: path, digest: try file.digest("digest")))
            try file.finish()
        }
        return files
    }

    private static func path(_ file: inout MemberReader, of argument: CommandValue) throws(MemberError) -> Text? {
        if case .secret = argument {
            guard try file.optionalText("path") == nil else { throw file.error(.invalidValue, "path") }
            return nil
        }
        let path = try file.text("path")
        guard !path.isEmpty, !path.utf8.contains(0) else { throw file.error(.invalidValue, "path") }
        return path
    }
}

extension MemberReader {
    fileprivate mutating func absolutePath(_ name: Text) throws(MemberError) -> Text {
        let path = try text(name)
        guard path.utf8.first == UInt8(ascii: "/"), !path.utf8.contains(0) else { throw error(.invalidValue, name) }
        return path
    }
}
