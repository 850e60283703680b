package import CanonicalEncoding

/// The JSON form of a tool server: what administrators sign, the store keeps and the log says. No secret is in it.
extension UpstreamServer {
    package var json: JSONValue {
        var object: JSONObject = [
            "name": .string(name), "target": target.json, "believes_annotations": .bool(believesAnnotations),
            "result_bytes": .integer(limits.resultBytes), "call_seconds": .integer(limits.callSeconds),
            "hold_seconds": .integer(limits.holdSeconds), "previews": .array(previews.map(\.json)),
        ]
        switch transport {
        case .command(let command):
            object["command"] = .array(command.argv.map { .string($0) })
            if let directory = command.directory { object["directory"] = .string(directory) }
            object["environment"] = .array(command.environment.map(\.json))
        case .http(let endpoint):
            object["url"] = .string(endpoint.url)
            object["headers"] = .array(endpoint.headers.map(\.json))
        }
        return .object(object)
    }

    /// Strict, and refuses what could not be reached as it stands there.
    package init(json: JSONValue) throws(MemberError) {
        var reader = try MemberReader(json, path: "upstream")
        let name = try reader.text("name")
        guard Self.isName(name) else { throw reader.error(.invalidValue, "name") }
        self.init(name: name, transport: try Transport(&reader))
        if let target = reader.optional("target") { self.target = try Target(json: target) }
        believesAnnotations = try reader.optionalBool("believes_annotations") ?? false
        limits = try Limits(&reader)
        for preview in try reader.optionalArray("previews") ?? [] { previews.append(try Preview(json: preview)) }
        guard previews.count <= 64, Set(previews.map(\.tool)).count == previews.count else {
            throw reader.error(.invalidValue, "previews")
        }
        try reader.finish()
    }
}

extension UpstreamServer.Transport {
    fileprivate init(_ reader: inout MemberReader) throws(MemberError) {
        guard let argv = try reader.optionalTexts("command") else {
            let url = try reader.text("url")
            guard UpstreamAddress.isURL(url) else { throw reader.error(.invalidValue, "url") }
            let headers = try reader.settings("headers") { UpstreamAddress.isHeader($0) }
            self = .http(UpstreamServer.Endpoint(url: url, headers: headers))
            return
        }
        guard (1...64).contains(argv.count), UpstreamAddress.isPath(argv[0]),
            argv.allSatisfy({ !$0.utf8.contains(0) })
        else { throw reader.error(.invalidValue, "command") }
        let directory = try reader.optionalText("directory")
        guard directory.map(UpstreamAddress.isPath) ?? true else { throw reader.error(.invalidValue, "directory") }
        let environment = try reader.settings("environment") { UpstreamAddress.isVariable($0) }
        self = .command(UpstreamServer.Command(argv: argv, directory: directory, environment: environment))
    }
}

extension UpstreamServer.Limits {
    fileprivate init(_ reader: inout MemberReader) throws(MemberError) {
        self.init()
        resultBytes = try reader.integer("result_bytes", in: Self.allowed.resultBytes, else: resultBytes)
        callSeconds = try reader.integer("call_seconds", in: Self.allowed.callSeconds, else: callSeconds)
        holdSeconds = try reader.integer("hold_seconds", in: Self.allowed.holdSeconds, else: holdSeconds)
    }
}

extension UpstreamServer.Preview {
    var json: JSONValue {
        [
            "tool": .string(tool), "preview": .string(preview), "fields": .array(fields.map { .string($0) }),
        ]
    }

    init(json: JSONValue) throws(MemberError) {
        var reader = try MemberReader(json, path: "preview")
        self.init(
            tool: try reader.text("tool"), preview: try reader.text("preview"),
            fields: try reader.optionalTexts("fields") ?? [])
        guard tool != preview, (1...128).contains(tool.utf8.count), (1...128).contains(preview.utf8.count) else {
            throw reader.error(.invalidValue, "preview")
        }
        guard fields.count <= 16,
            fields.allSatisfy({ $0.utf8.first == UInt8(ascii: "/") && $0.utf8.count <= 256 })
        else { throw reader.error(.invalidValue, "fields") }
        try reader.finish()
    }
}

extension UpstreamServer.Setting {
    var json: JSONValue {
        let value: (Text, JSONValue) =
            switch source {
            case .text(let text): ("text", .string(text))
            case .file(let path): ("file", .string(path))
            case .environment(let name): ("variable", .string(name))
            case .configuration: ("configuration", true)
            }
        return .object(["name": .string(name), value.0: value.1])
    }

    init(json: JSONValue) throws(MemberError) {
        var reader = try MemberReader(json, path: "setting")
        name = try reader.text("name")
        if let text = try reader.optionalText("text") {
            source = .text(text)
            guard text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else { throw reader.error(.invalidValue, "text") }
        } else if let path = try reader.optionalText("file") {
            source = .file(path)
            guard UpstreamAddress.isPath(path) else { throw reader.error(.invalidValue, "file") }
        } else if let variable = try reader.optionalText("variable") {
            source = .environment(variable)
            guard UpstreamAddress.isVariable(variable) else { throw reader.error(.invalidValue, "variable") }
        } else {
            source = .configuration
            guard try reader.bool("configuration") else { throw reader.error(.invalidValue, "configuration") }
        }
        try reader.finish()
    }
}

extension MemberReader {
    /// Each name once.
    fileprivate mutating func settings(
        _ member: Text, _ isName: (Text) -> Bool
    ) throws(MemberError) -> [UpstreamServer.Setting] {
        var settings: [UpstreamServer.Setting] = []
        for item in try optionalArray(member) ?? [] { settings.append(try UpstreamServer.Setting(json: item)) }
        let names = Set(settings.map { Text($0.name.string.lowercased()) })
        guard settings.count <= 64, names.count == settings.count, settings.allSatisfy({ isName($0.name) }) else {
            throw error(.invalidValue, member)
        }
        return settings
    }

    fileprivate mutating func integer(
        _ member: Text, in range: ClosedRange<Int64>, else usual: Int64
    ) throws(MemberError) -> Int64 {
        guard let value = try optionalInteger(member) else { return usual }
        guard range.contains(value) else { throw error(.invalidValue, member) }
        return value
    }
}
