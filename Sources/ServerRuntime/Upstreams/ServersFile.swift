import CanonicalEncoding
import DomainModel
import Glibc

/// The file of tool servers, in the form that clients of the protocol use: `{"mcpServers": {NAME: {…}}}`, with members of our own for
/// what only Countersign asks.
///
/// A member that is not known is refused: a word that is spelt wrong must not leave a default in force.
struct ServersFile {
    let path: String
    let environment: [String: String]
    private(set) var found = ConfiguredServers()

    init(path: String, environment: [String: String]) throws(ConfigurationProblem) {
        self.path = path
        self.environment = environment
        let json: JSONValue
        do { json = try JSONReader.read(try SettingsFile.content(of: path)) } catch let problem as ConfigurationProblem
        {
            throw problem
        } catch {
            throw ConfigurationProblem(
                "The file of tool servers \(path) is not JSON.", hint: "docs/reference/upstreams.md shows one.")
        }
        guard let object = json.objectValue, object.count == 1,
            let servers = (object["mcpServers"] ?? object["servers"])?.objectValue
        else {
            throw ConfigurationProblem(
                "The file of tool servers \(path) has to hold one object, `mcpServers`.",
                hint: "docs/reference/upstreams.md shows one.")
        }
        for member in servers.members { try take(member.name, member.value) }
    }

    private mutating func take(_ name: Text, _ json: JSONValue) throws(ConfigurationProblem) {
        do {
            var reader = try MemberReader(json, path: name)
            let isDisabled = try reader.optionalBool("disabled") ?? false
            let transport = try transport(name, &reader)
            let server = try UpstreamServer(json: Self.document(name, transport, &reader))
            try reader.finish()
            if !isDisabled { found.servers.append(server) }
        } catch let problem as ConfigurationProblem { throw problem } catch let error as MemberError {
            throw ConfigurationProblem(
                "\(error.path) of the server \(name) in \(path) cannot be taken: \(error.code.rawValue).",
                hint: Self.hint(error, name))
        } catch { throw ConfigurationProblem("The server \(name) in \(path) cannot be read.", hint: "\(error)") }
    }

    private mutating func transport(_ name: Text, _ reader: inout MemberReader) throws -> UpstreamServer.Transport {
        let type = try reader.optionalText("type")
        guard let command = try reader.optionalText("command") else {
            guard type.map({ ["http", "streamable-http", "streamableHttp"].contains($0) }) ?? true else {
                throw MemberError(code: .invalidValue, path: "\(name).type")
            }
            let headers = try reader.optionalObject("headers") ?? JSONObject()
            let url = try reader.text("url")
            try checkIsPlain(url, "url", of: name)
            return .http(.init(url: url, headers: try found.settings(headers, of: name, isEnvironment: false)))
        }
        guard type.map({ $0 == "stdio" }) ?? true else {
            throw MemberError(code: .invalidValue, path: "\(name).type")
        }
        let arguments = try reader.optionalTexts("args") ?? []
        for argument in arguments { try checkIsPlain(argument, "args", of: name) }
        let variables = try reader.optionalObject("env") ?? JSONObject()
        let directory = try reader.optionalText("cwd").map { absolute($0.string) }
        return .command(
            .init(
                argv: [try program(command, of: name)] + arguments, directory: directory.map { Text($0) },
                environment: try found.settings(variables, of: name, isEnvironment: true)))
    }

    /// The registration, read once more by the reader that is strict about every value.
    private static func document(
        _ name: Text, _ transport: UpstreamServer.Transport, _ reader: inout MemberReader
    ) throws(MemberError) -> JSONValue {
        guard UpstreamServer.isName(name) else { throw MemberError(code: .invalidValue, path: "name") }
        var server = UpstreamServer(name: name, transport: transport)
        if var target = try reader.optionalReader("target") {
            server.target = Target(
                name: try target.optionalText("name") ?? name,
                resource: ResourceReference(type: try target.text("type"), id: try target.text("id")),
                environment: try target.text("environment"))
            try target.finish()
        }
        server.believesAnnotations = try reader.optionalBool("believeAnnotations") ?? false
        server.limits.resultBytes = try reader.optionalInteger("resultBytes") ?? server.limits.resultBytes
        server.limits.callSeconds = try reader.optionalInteger("callSeconds") ?? server.limits.callSeconds
        server.limits.holdSeconds = try reader.optionalInteger("holdSeconds") ?? server.limits.holdSeconds
        guard var object = server.json.objectValue else { return server.json }
        if let previews = reader.optional("previews") { object["previews"] = previews }
        return .object(object)
    }

    /// Arguments and addresses are logged and shown, and everybody on the host sees those of a process.
    private func checkIsPlain(_ text: Text, _ member: String, of server: Text) throws(ConfigurationProblem) {
        guard !text.string.contains("${") else {
            throw ConfigurationProblem(
                "\(member) of the server \(server) in \(path) holds ${…}, and what stands there is logged and shown.",
                hint: "Hand a credential over in env or headers.")
        }
    }

    /// By absolute path; a bare name is looked for where a shell would look.
    private func program(_ command: Text, of server: Text) throws(ConfigurationProblem) -> Text {
        let name = command.string
        if name.contains("/") { return Text(absolute(name)) }
        for folder in (environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":") where folder.hasPrefix("/") {
            let candidate = "\(folder)/\(name)"
            if access(candidate, X_OK) == 0 { return Text(candidate) }
        }
        throw ConfigurationProblem(
            "The program \(name) of the server \(server) in \(path) is not in PATH.",
            hint: "Install it, or name it by its absolute path.")
    }

    /// Relative paths begin where the file lies.
    private func absolute(_ name: String) -> String {
        if name.hasPrefix("/") { return name }
        let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        guard let real = realpath(folder.isEmpty ? "/" : folder, nil) else { return name }
        defer { free(real) }
        return "\(String(cString: real))/\(name)"
    }

    private static func hint(_ error: MemberError, _ name: Text) -> String {
        if error.code == .unknownMember { return "docs/reference/upstreams.md lists the members." }
        if error.path == "name" { return "A server's name is 1 to 32 of a-z, 0-9 and -." }
        if error.path.string.hasSuffix(".type") { return "stdio and http are spoken here; the older sse is not." }
        return "docs/reference/upstreams.md says what each member may be."
    }

    /// Whether others on the host can read it.
    var isOpenToOthers: Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & 0o077 != 0
    }
}
