import CanonicalEncoding
import DomainModel

/// A value of the servers' file: text in which `${env:NAME}` and `${file:/path}` stand for what is found there when the server is
/// reached.
struct SettingTemplate: Hashable, Sendable {
    enum Part: Hashable, Sendable {
        case literal(String)
        case environment(String)
        case file(String)
    }

    let parts: [Part]

    /// Nil: something in `${…}` is neither.
    init?(_ text: String) {
        var parts: [Part] = []
        var rest = Substring(text)
        while let start = rest.firstRange(of: "${") {
            guard let end = rest[start.upperBound...].firstIndex(of: "}") else { return nil }
            if start.lowerBound > rest.startIndex { parts.append(.literal(String(rest[..<start.lowerBound]))) }
            guard let part = Self.part(rest[start.upperBound..<end]) else { return nil }
            parts.append(part)
            rest = rest[rest.index(after: end)...]
        }
        if !rest.isEmpty { parts.append(.literal(String(rest))) }
        self.parts = parts
    }

    private static func part(_ text: Substring) -> Part? {
        guard let colon = text.firstIndex(of: ":") else { return nil }
        let name = String(text[text.index(after: colon)...])
        guard !name.isEmpty else { return nil }
        switch text[..<colon] {
        case "env": return .environment(name)
        case "file": return name.hasPrefix("/") ? .file(name) : nil
        default: return nil
        }
    }

    /// Where it is nothing but what is found in one place.
    var reference: UpstreamServer.Setting.Source? {
        guard parts.count == 1 else { return nil }
        return switch parts[0] {
        case .literal: nil
        case .environment(let name): .environment(Text(name))
        case .file(let path): .file(Text(path))
        }
    }

    /// Nil where a part is not to be had, or may not be.
    func value(environment: [String: String], file: (String) -> String?) -> String? {
        var value = ""
        for part in parts {
            switch part {
            case .literal(let text): value += text
            case .environment(let name):
                guard let text = environment[name] else { return nil }
                value += text
            case .file(let path):
                guard let text = file(path) else { return nil }
                value += text
            }
        }
        return value
    }
}
