import CanonicalEncoding
import DomainModel
import Foundation
import GRDB

/// A value on its way into a statement.
///
/// GRDB hands text to SQLite up to its first NUL. So only text whose type proves its alphabet (handles, names, words,
/// canonical JSON) is bound as text; text from outside is bound as the bytes that it is.
enum SQLValue {
    case null
    case integer(Int64)
    case bytes([UInt8])
    /// Only for what can hold no NUL: use the constructors below.
    case uncheckedText(String)

    static func id<Kind>(_ handle: Handle<Kind>) -> SQLValue { .uncheckedText(handle.text.string) }
    static func id<Kind>(_ handle: Handle<Kind>?) -> SQLValue { handle.map { .id($0) } ?? .null }
    static func name<Kind>(_ name: Name<Kind>) -> SQLValue { .uncheckedText(name.text.string) }
    static func name<Kind>(_ name: Name<Kind>?) -> SQLValue { name.map { .name($0) } ?? .null }
    static func word<Word: RawRepresentable<String>>(_ word: Word) -> SQLValue { .uncheckedText(word.rawValue) }
    static func word<Word: RawRepresentable<String>>(_ word: Word?) -> SQLValue { word.map { .word($0) } ?? .null }
    /// Canonical JSON escapes every control character.
    static func json(_ json: JSONValue) -> SQLValue { .uncheckedText(CanonicalJSON.text(json)) }
    static func json(_ json: JSONValue?) -> SQLValue { json.map { .json($0) } ?? .null }
    static func text(_ text: Text) -> SQLValue { .bytes(Array(text.utf8)) }
    static func text(_ text: Text?) -> SQLValue { text.map { .text($0) } ?? .null }
    static func time(_ time: Timestamp) -> SQLValue { .integer(time.milliseconds) }
    static func time(_ time: Timestamp?) -> SQLValue { time.map { .time($0) } ?? .null }
    static func digest(_ digest: Digest) -> SQLValue { .bytes(digest.bytes) }
    static func bool(_ bool: Bool) -> SQLValue { .integer(bool ? 1 : 0) }
    static func count(_ count: Int) -> SQLValue { .integer(Int64(max(count, 0))) }

    var databaseValue: DatabaseValue {
        switch self {
        case .null: .null
        case .integer(let integer): integer.databaseValue
        case .bytes(let bytes): Data(bytes).databaseValue
        case .uncheckedText(let text): text.databaseValue
        }
    }
}
