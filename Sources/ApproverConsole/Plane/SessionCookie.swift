import CanonicalEncoding
import HTTPTypes
import SecretMaterial

/// The cookie of a browser that has signed in. It lets somebody look; it decides nothing.
///
/// `__Host-` ties it to this host and to `Secure`; browsers treat `http://localhost` as secure and keep it there too.
enum SessionCookie {
    static let name = "__Host-countersign"

    /// Nil where there is none, or more than one: a second one of that name is somebody else's doing.
    static func value(in fields: HTTPFields) -> Text? {
        let prefix = Array("\(name)=".utf8)
        var found: [Text] = []
        for field in fields[values: .cookie] {
            for pair in field.utf8.split(separator: UInt8(ascii: ";")) {
                let trimmed = pair.drop { $0 == UInt8(ascii: " ") }
                guard trimmed.starts(with: prefix) else { continue }
                found.append(Text(String(decoding: trimmed.dropFirst(prefix.count), as: UTF8.self)))
            }
        }
        return found.count == 1 ? found.first : nil
    }

    static func setting(_ value: Secret<Text>, seconds: Int64) -> String {
        value.withUnredacted { "\(name)=\($0); Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=\(seconds)" }
    }

    static let removal = "\(name)=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0"
}
