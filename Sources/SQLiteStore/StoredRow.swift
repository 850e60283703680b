import AuthorityPorts
import CanonicalEncoding
import DomainModel
import GRDBSQLite

/// Takes a row of a result apart, column by column from the left. What does not parse is damage: nothing else writes here.
struct StoredRow {
    private let statement: OpaquePointer
    private var column: Int32 = 0

    /// Valid until the statement is stepped again or reset.
    init(_ statement: OpaquePointer) {
        self.statement = statement
    }

    private mutating func next() throws(StoreError) -> Column {
        guard column < sqlite3_column_count(statement) else {
            throw StoreError.damaged("a row has fewer columns than its statement")
        }
        defer { column += 1 }
        return Column(statement: statement, index: column)
    }

    private func damaged(_ what: String) -> StoreError {
        .damaged("column \(column) of a row is no \(what)")
    }

    private mutating func parsed<Value>(
        _ what: StaticString, _ parse: (Column) -> Value?
    ) throws(StoreError) -> Value {
        guard let value = parse(try next()) else { throw damaged("\(what)") }
        return value
    }

    private mutating func optional<Value>(
        _ what: StaticString, _ parse: (Column) -> Value?
    ) throws(StoreError) -> Value? {
        let column = try next()
        if column.isNull { return nil }
        guard let value = parse(column) else { throw damaged("\(what)") }
        return value
    }

    mutating func integer() throws(StoreError) -> Int64 { try parsed("integer", \.integer) }
    mutating func bool() throws(StoreError) -> Bool { try integer() != 0 }
    mutating func count() throws(StoreError) -> Int { Int(try integer()) }
    mutating func time() throws(StoreError) -> Timestamp { Timestamp(milliseconds: try integer()) }
    mutating func optionalTime() throws(StoreError) -> Timestamp? {
        try optional("time", \.integer).map(Timestamp.init(milliseconds:))
    }
    mutating func bytes() throws(StoreError) -> [UInt8] { try parsed("bytes", \.bytes) }
    mutating func text() throws(StoreError) -> Text { try parsed("text", \.text) }
    mutating func optionalText() throws(StoreError) -> Text? { try optional("text", \.text) }
    mutating func digest() throws(StoreError) -> Digest {
        try parsed("digest") { $0.bytes.flatMap(Digest.init(bytes:)) }
    }
    mutating func optionalDigest() throws(StoreError) -> Digest? {
        try optional("digest") { $0.bytes.flatMap(Digest.init(bytes:)) }
    }
    mutating func id<Kind>() throws(StoreError) -> Handle<Kind> {
        guard let id: Handle<Kind> = try optionalID() else { throw damaged("handle") }
        return id
    }

    mutating func optionalID<Kind>() throws(StoreError) -> Handle<Kind>? {
        guard let string = try optional("handle", \.string) else { return nil }
        guard let id = Handle<Kind>(Text(string)) else { throw damaged("handle") }
        return id
    }

    mutating func name<Kind>() throws(StoreError) -> Name<Kind> {
        guard let name: Name<Kind> = try optionalName() else { throw damaged("name") }
        return name
    }

    mutating func optionalName<Kind>() throws(StoreError) -> Name<Kind>? {
        guard let string = try optional("name", \.string) else { return nil }
        guard let name = Name<Kind>(Text(string)) else { throw damaged("name") }
        return name
    }

    mutating func word<Word: RawRepresentable<String>>() throws(StoreError) -> Word {
        guard let word: Word = try optionalWord() else { throw damaged("word") }
        return word
    }

    mutating func optionalWord<Word: RawRepresentable<String>>() throws(StoreError) -> Word? {
        guard let string = try optional("word", \.string) else { return nil }
        guard let word = Word(rawValue: string) else { throw damaged("word") }
        return word
    }

    mutating func document() throws(StoreError) -> CanonicalDocument {
        CanonicalDocument(uncheckedBytes: try parsed("document", \.textBytes))
    }

    mutating func optionalDocument() throws(StoreError) -> CanonicalDocument? {
        try optional("document", \.textBytes).map(CanonicalDocument.init(uncheckedBytes:))
    }

    mutating func json() throws(StoreError) -> JSONValue { try Self.json(try parsed("document", \.textBytes)) }

    mutating func json<Value>(_ parse: (JSONValue) throws(MemberError) -> Value) throws(StoreError) -> Value {
        let json = try json()
        return try Self.parsed { () throws(MemberError) in try parse(json) }
    }

    mutating func optionalJSON<Value>(
        _ parse: (JSONValue) throws(MemberError) -> Value
    ) throws(StoreError) -> Value? {
        guard let bytes = try optional("document", \.textBytes) else { return nil }
        let json = try Self.json(bytes)
        return try Self.parsed { () throws(MemberError) in try parse(json) }
    }

    private static func json(_ bytes: [UInt8]) throws(StoreError) -> JSONValue {
        do { return try JSONReader.read(bytes, limits: .stored) } catch {
            throw StoreError.damaged("a document is no JSON: \(error.code.rawValue) at byte \(error.position)")
        }
    }

    /// What a document says, or damage where it says nothing that we wrote.
    static func parsed<Value>(_ parse: () throws(MemberError) -> Value) throws(StoreError) -> Value {
        do throws(MemberError) { return try parse() } catch {
            throw StoreError.damaged("a document does not parse: \(error.code.rawValue) at \(error.path)")
        }
    }
}

/// One column of a row, read as what it is stored as: no type is made into another.
private struct Column {
    let statement: OpaquePointer
    let index: Int32

    private var type: Int32 { sqlite3_column_type(statement, index) }

    var isNull: Bool { type == SQLITE_NULL }
    var integer: Int64? { type == SQLITE_INTEGER ? sqlite3_column_int64(statement, index) : nil }
    var bytes: [UInt8]? { type == SQLITE_BLOB ? Array(blob) : nil }
    /// Text from outside is stored as bytes.
    var text: Text? { type == SQLITE_BLOB ? Text(utf8: blob) : nil }
    var string: String? { type == SQLITE_TEXT ? String(validating: characters, as: UTF8.self) : nil }
    var textBytes: [UInt8]? { type == SQLITE_TEXT ? Array(characters) : nil }

    private var blob: UnsafeBufferPointer<UInt8> {
        // In this order: asking for the pointer decides the form that is counted.
        let start = sqlite3_column_blob(statement, index)
        let count = Int(sqlite3_column_bytes(statement, index))
        return UnsafeBufferPointer(start: start?.assumingMemoryBound(to: UInt8.self), count: count)
    }

    private var characters: UnsafeBufferPointer<UInt8> {
        let start = sqlite3_column_text(statement, index)
        return UnsafeBufferPointer(start: start, count: Int(sqlite3_column_bytes(statement, index)))
    }
}
