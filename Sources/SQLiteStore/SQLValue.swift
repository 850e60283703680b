import CanonicalEncoding
import DomainModel
import GRDBSQLite

/// A value on its way into a statement.
///
/// SQLite's functions end text at its first NUL. So only text whose type proves its alphabet (handles, names, words, canonical
/// JSON) is bound as text; text from outside is bound as the bytes that it is.
enum SQLValue {
    case null
    case integer(Int64)
    case bytes([UInt8])
    /// Canonical JSON, which escapes every control character.
    case document(CanonicalDocument)
    /// Only for what can hold no NUL: use the constructors below.
    case uncheckedText(String)

    static func id<Kind>(_ handle: Handle<Kind>) -> SQLValue { .uncheckedText(handle.text.string) }
    static func id<Kind>(_ handle: Handle<Kind>?) -> SQLValue { handle.map { .id($0) } ?? .null }
    static func name<Kind>(_ name: Name<Kind>) -> SQLValue { .uncheckedText(name.text.string) }
    static func name<Kind>(_ name: Name<Kind>?) -> SQLValue { name.map { .name($0) } ?? .null }
    static func word<Word: RawRepresentable<String>>(_ word: Word) -> SQLValue { .uncheckedText(word.rawValue) }
    static func word<Word: RawRepresentable<String>>(_ word: Word?) -> SQLValue { word.map { .word($0) } ?? .null }
    static func json(_ json: JSONValue) -> SQLValue { .document(CanonicalDocument(json)) }
    static func json(_ json: JSONValue?) -> SQLValue { json.map { .json($0) } ?? .null }
    static func text(_ text: Text) -> SQLValue { .bytes(Array(text.utf8)) }
    static func text(_ text: Text?) -> SQLValue { text.map { .text($0) } ?? .null }
    static func time(_ time: Timestamp) -> SQLValue { .integer(time.milliseconds) }
    static func time(_ time: Timestamp?) -> SQLValue { time.map { .time($0) } ?? .null }
    static func digest(_ digest: Digest) -> SQLValue { .bytes(digest.bytes) }
    static func bool(_ bool: Bool) -> SQLValue { .integer(bool ? 1 : 0) }
    static func count(_ count: Int) -> SQLValue { .integer(Int64(max(count, 0))) }

    /// SQLite keeps a copy: the value need not outlive the call. Answers a result code.
    func bind(to statement: OpaquePointer, at index: Int32) -> Int32 {
        switch self {
        case .null: sqlite3_bind_null(statement, index)
        case .integer(let integer): sqlite3_bind_int64(statement, index, integer)
        case .bytes(let bytes):
            // Never a null pointer: SQLite would take it for NULL.
            bytes.isEmpty
                ? sqlite3_bind_zeroblob(statement, index, 0)
                : sqlite3_bind_blob(statement, index, bytes, Int32(clamping: bytes.count), Self.copied)
        case .document(let document):
            document.bytes.withUnsafeBufferPointer { buffer in
                buffer.withMemoryRebound(to: CChar.self) { characters in
                    sqlite3_bind_text(
                        statement, index, characters.baseAddress, Int32(clamping: characters.count), Self.copied)
                }
            }
        case .uncheckedText(let text):
            sqlite3_bind_text(statement, index, text, Int32(clamping: text.utf8.count), Self.copied)
        }
    }

    /// `SQLITE_TRANSIENT`, a macro that Swift does not see.
    private static let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
}
