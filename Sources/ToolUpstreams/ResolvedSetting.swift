import CanonicalEncoding
import DomainModel
import SecretMaterial
import SystemPackage

/// A setting with its value at hand. Values are read anew for each connection, so that a credential that was rotated is used
/// from the next one on.
struct ResolvedSetting {
    let name: Text
    let value: String
    /// Whether it must not be seen anywhere.
    let isSecret: Bool

    private static let greatestBytes = 16_384

    static func all(
        _ settings: [UpstreamServer.Setting], environment: (String) -> String?
    ) throws(UpstreamSettingError) -> [ResolvedSetting] {
        var resolved: [ResolvedSetting] = []
        for setting in settings {
            switch setting.source {
            case .text(let text):
                resolved.append(ResolvedSetting(name: setting.name, value: text.string, isSecret: false))
            case .environment(let variable):
                guard let value = environment(variable.string), !value.utf8.isEmpty else {
                    throw UpstreamSettingError(name: setting.name, reason: "the variable \(variable) is not set")
                }
                resolved.append(ResolvedSetting(name: setting.name, value: value, isSecret: true))
            case .configuration:
                throw UpstreamSettingError(name: setting.name, reason: "the configuration does not hold it")
            case .file(let path):
                resolved.append(
                    ResolvedSetting(
                        name: setting.name, value: try firstLine(of: path, for: setting.name), isSecret: true))
            }
        }
        return resolved
    }

    private static func firstLine(of path: Text, for name: Text) throws(UpstreamSettingError) -> String {
        let bytes: [UInt8]
        do {
            let descriptor = try FileDescriptor.open(FilePath(path.string), .readOnly)
            defer { try? descriptor.close() }
            var buffer = [UInt8](repeating: 0, count: greatestBytes)
            let count = try buffer.withUnsafeMutableBytes { try descriptor.read(into: $0) }
            bytes = Array(buffer.prefix(count))
        } catch {
            throw UpstreamSettingError(name: name, reason: "\(path) cannot be read: \(error)")
        }
        let line = bytes.prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
        guard !line.isEmpty, line.count < greatestBytes, let text = Text(utf8: line) else {
            throw UpstreamSettingError(name: name, reason: "\(path) holds no text in its first line")
        }
        return text.string
    }
}

/// A setting that has no value now: the server is not reached.
struct UpstreamSettingError: Error, Hashable, Sendable {
    let name: Text
    let reason: String

    var description: String { "`\(name)`: \(reason)" }
}

/// Takes credentials out of text that somebody else wrote, before it is logged.
struct Redaction {
    private let secrets: [[UInt8]]

    /// Shorter values would blot out ordinary words.
    private static let leastBytes = 4

    init(_ settings: [ResolvedSetting]) {
        secrets = settings.filter { $0.isSecret && $0.value.utf8.count >= Self.leastBytes }.map { Array($0.value.utf8) }
    }

    func callAsFunction(_ text: String) -> String {
        var bytes = Array(text.utf8)
        for secret in secrets { bytes = Self.removing(secret, from: bytes) }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func removing(_ secret: [UInt8], from bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var index = 0
        while index < bytes.count {
            if bytes[index...].starts(with: secret) {
                result += Array("[redacted]".utf8)
                index += secret.count
            } else {
                result.append(bytes[index])
                index += 1
            }
        }
        return result
    }
}
