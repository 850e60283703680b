import CanonicalEncoding
import Glibc

/// The JSON file of settings: names nest at the dots; values are texts, and true or false where a setting is that.
///
/// Whatever it holds that no setting takes is refused: a name that is spelt wrong must not leave a default in force.
struct SettingsFile {
    private static let limit = 1 << 20

    let path: String
    private(set) var values: [ServerConfiguration.Key: String] = [:]

    init(path: String) throws(ConfigurationProblem) {
        self.path = path
        let json: JSONValue
        do { json = try JSONReader.read(try Self.content(of: path)) } catch let problem as ConfigurationProblem {
            throw problem
        } catch { throw Self.noObject(path) }
        guard let object = json.objectValue else { throw Self.noObject(path) }
        try take(object, below: "")
    }

    private mutating func take(_ object: JSONObject, below prefix: String) throws(ConfigurationProblem) {
        for member in object.members {
            let name = prefix + member.name.string
            if let inner = member.value.objectValue, ServerConfiguration.Key(rawValue: name) == nil {
                try take(inner, below: name + ".")
            } else {
                guard let key = ServerConfiguration.Key(rawValue: name) else { throw unknown(name) }
                values[key] = try text(of: member.value, key)
            }
        }
    }

    private func text(
        of value: JSONValue, _ key: ServerConfiguration.Key
    ) throws(ConfigurationProblem) -> String {
        switch (value, key) {
        case (.bool(let bool), .behindProxy): return bool ? "true" : "false"
        case (.string(let text), _): return text.string
        default:
            let example = key == .behindProxy ? "true or false" : "a text in quotes"
            throw ConfigurationProblem(
                "\(key.rawValue) in \(path) has a value of the wrong type.", hint: "Write \(example).")
        }
    }

    private func unknown(_ name: String) -> ConfigurationProblem {
        let near = NearestName.of(name, among: ServerConfiguration.Key.allCases.map(\.rawValue))
        return ConfigurationProblem(
            "\(path) sets \(name), which is no setting.",
            hint: near.map { "Did you mean \($0)? Names nest at the dots." }
                ?? "docs/reference/settings.md lists the settings.")
    }

    private static func noObject(_ path: String) -> ConfigurationProblem {
        ConfigurationProblem(
            "The configuration file \(path) is not JSON.",
            hint: "It must be one JSON object, such as {\"agents\": {\"listen\": \"127.0.0.1:7420\"}}.")
    }

    static func content(of path: String) throws(ConfigurationProblem) -> [UInt8] {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw unreadable(path) }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: limit)
        var filled = 0
        while filled < limit {
            let count = bytes.withUnsafeMutableBytes {
                read(file, $0.baseAddress?.advanced(by: filled), limit - filled)
            }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw unreadable(path) }
            if count == 0 { break }
            filled += count
        }
        return Array(bytes[..<filled])
    }

    private static func unreadable(_ path: String) -> ConfigurationProblem {
        ConfigurationProblem(
            "The configuration file \(path) cannot be read: \(String(cString: strerror(errno))).",
            hint: "Name a file that this user can read.")
    }
}
