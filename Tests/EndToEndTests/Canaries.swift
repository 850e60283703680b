import CanonicalEncoding
import Foundation

/// Marked secrets, and all the places in which they must not be.
struct Canaries {
    private var needles: [(name: String, bytes: Data)] = []
    private var places: [(name: String, bytes: Data)] = []

    /// As it is, and what it stands for where it is base64url.
    mutating func hide(_ name: String, _ secret: Text) {
        needles.append((name, Data(secret.utf8)))
        for part in secret.string.split(separator: ".") {
            guard part.utf8.count >= 40, let raw = Base64URL.decode(String(part)) else { continue }
            needles.append(("\(name), decoded", Data(raw)))
        }
    }

    mutating func search(_ name: String, _ bytes: some Sequence<UInt8>) { places.append((name, Data(bytes))) }

    /// Every file below a folder, but those that hold a key because that is what they are for.
    mutating func search(folder: String, when: String, except: Set<String>) throws {
        for name in try FileManager.default.subpathsOfDirectory(atPath: folder) where !except.contains(name) {
            guard let bytes = FileManager.default.contents(atPath: "\(folder)/\(name)") else { continue }
            places.append(("\(name) \(when)", bytes))
        }
    }

    var count: Int { needles.count }
    var shortest: Int { needles.map(\.bytes.count).min() ?? 0 }

    /// Where something is, in words that do not tell it.
    func found() -> [String] {
        places.flatMap { place in
            needles.filter { place.bytes.range(of: $0.bytes) != nil }.map { "\($0.name) in \(place.name)" }
        }
    }

    /// Where a text is that is no secret, so that not finding means something.
    func places(with text: String) -> [String] {
        places.filter { $0.bytes.range(of: Data(text.utf8)) != nil }.map(\.name)
    }
}
