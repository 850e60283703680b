import ApprovalPolicy
import CanonicalEncoding
import DomainModel

/// Registered tools as `countersign tool list --json` prints them, one a line or as one array. Their `input_schema` types their
/// arguments; it may stand beside `tool` as well, for whoever tries one before registering it.
struct ToolsFile {
    private(set) var tools: [RegisteredTool] = []

    init(_ file: String) throws(CommandFailure) {
        let bytes = try InputFile(file).bytes()
        var items: [JSONValue] = []
        do throws(JSONReadingError) {
            if bytes.first(where: { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }) == UInt8(ascii: "[") {
                items = try JSONReader.read(bytes).arrayValue ?? []
            } else {
                for line in bytes.split(separator: 0x0A) { items.append(try JSONReader.read(Array(line))) }
            }
        } catch {
            throw CommandFailure(
                "\(file) is no JSON: \(error.code.rawValue) at byte \(error.position).",
                hint: "It is what `countersign tool list --json` prints.")
        }
        try self.init(items, named: file)
    }

    init(_ items: [JSONValue], named name: String) throws(CommandFailure) {
        for item in items {
            let tool: RegisteredTool
            do throws(MemberError) {
                tool = try RegisteredTool(json: Self.form(item))
            } catch {
                throw CommandFailure(
                    "\(name) holds something that is no tool: \(error.code.rawValue) \(error.path).",
                    hint: "It is what `countersign tool list --json` prints.")
            }
            let key = tool.reference.qualifiedName
            guard !tools.contains(where: { $0.reference.qualifiedName == key }) else {
                throw CommandFailure("\(name) holds the tool \(key) twice.", hint: "Keep one of them.")
            }
            tools.append(tool)
        }
    }

    private static func form(_ item: JSONValue) -> JSONValue {
        guard var tool = item["tool"]?.objectValue, tool["tool"] != nil else { return item }
        if let schema = item["input_schema"] { tool["input_schema"] = schema }
        return .object(tool)
    }
}

/// Providers of facts as `countersign provider list --json` prints them, one a line.
struct ProvidersFile {
    private(set) var providers: [FactProvider] = []

    init(_ file: String) throws(CommandFailure) {
        var items: [JSONValue] = []
        for line in try InputFile(file).bytes().split(separator: 0x0A) {
            guard let item = try? JSONReader.read(Array(line)) else {
                throw CommandFailure(
                    "\(file) is no JSON.", hint: "It is what `countersign provider list --json` prints.")
            }
            items.append(item)
        }
        try self.init(items, named: file)
    }

    init(_ items: [JSONValue], named name: String) throws(CommandFailure) {
        for item in items {
            do throws(MemberError) { providers.append(try FactProvider(json: item)) } catch {
                throw CommandFailure(
                    "\(name) holds something that is no provider: \(error.code.rawValue) \(error.path).",
                    hint: "It is what `countersign provider list --json` prints.")
            }
        }
    }
}
