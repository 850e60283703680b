import CanonicalEncoding
import DomainModel
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
        of server: UpstreamServer, from sources: SettingSources
    ) throws(UpstreamSettingError) -> [ResolvedSetting] {
        var resolved: [ResolvedSetting] = []
        for setting in server.settings {
            let value = try value(of: setting, of: server, from: sources)
            // Most values of a configuration are none; a path is the one that a result repeats for good reason.
            let isPath = setting.source == .configuration && value.utf8.first == UInt8(ascii: "/")
            resolved.append(
                ResolvedSetting(name: setting.name, value: value, isSecret: setting.source.isSecret && !isPath))
        }
        return resolved
    }

    private static func value(
        of setting: UpstreamServer.Setting, of server: UpstreamServer, from sources: SettingSources
    ) throws(UpstreamSettingError) -> String {
        switch setting.source {
        case .text(let text): return text.string
        case .environment(let variable):
            guard let value = sources.variable(variable.string), !value.utf8.isEmpty else {
                throw UpstreamSettingError(name: setting.name, reason: "the variable \(variable) is not set")
            }
            return value
        case .configuration:
            guard let value = sources.configured(server.name, setting.name) else {
                throw UpstreamSettingError(name: setting.name, reason: "the configuration gives it no value")
            }
            return value
        case .file(let path):
            guard sources.mayRead(path.string) else {
                throw UpstreamSettingError(name: setting.name, reason: "\(path) is a file of Countersign itself")
            }
            return try firstLine(of: path, for: setting.name)
        }
    }

    /// For values that the configuration puts together. Nil: it cannot be read, or may not be.
    static func firstLine(of path: String, from sources: SettingSources) -> String? {
        sources.mayRead(path) ? try? firstLine(of: Text(path), for: "") : nil
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
    private static let mark = Array("[redacted]".utf8)

    static let none = Redaction([])

    init(_ settings: [ResolvedSetting]) {
        // `Bearer` and its like stand before the credential, which is one without them as well.
        let secrets = settings.filter(\.isSecret).flatMap { setting in
            let last = setting.value.split(separator: " ").last.map(String.init)
            return [setting.value] + (last == setting.value ? [] : [last].compactMap { $0 })
        }
        self.secrets = secrets.filter { $0.utf8.count >= Self.leastBytes }.map { Array($0.utf8) }
    }

    func callAsFunction(_ text: String) -> String {
        var bytes = Array(text.utf8)
        for secret in secrets { bytes = Self.removing(secret, from: bytes) }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The same for a message that passes through. What is left in place of a credential needs no escapes, so that a text of a
    /// JSON document stays one.
    func callAsFunction(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        for secret in secrets where secret.count >= Self.leastBytesOfData { bytes = Self.removing(secret, from: bytes) }
        return bytes
    }

    /// In data a match of a few bytes is most likely chance.
    private static let leastBytesOfData = 8

    private static func removing(_ secret: [UInt8], from bytes: [UInt8]) -> [UInt8] {
        var places: [Int] = []
        var index = 0
        while let next = next(secret, in: bytes, from: index) {
            places.append(next)
            index = next + secret.count
        }
        guard !places.isEmpty else { return bytes }
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        index = 0
        for place in places {
            result += bytes[index..<place]
            result += mark
            index = place + secret.count
        }
        return result + bytes[index...]
    }

    private static func next(_ secret: [UInt8], in bytes: [UInt8], from start: Int) -> Int? {
        guard let first = secret.first, bytes.count - start >= secret.count else { return nil }
        for index in start...(bytes.count - secret.count) where bytes[index] == first {
            if bytes[index..<(index + secret.count)].elementsEqual(secret) { return index }
        }
        return nil
    }
}
