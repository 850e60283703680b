import AuthorityPorts
import CanonicalEncoding
import DomainModel
import Foundation
import GRDB

/// Takes a row of a result apart, column by column from the left. What does not parse is damage: nothing else writes here.
struct StoredRow {
    private let row: Row
    private var column = 0

    init(_ row: Row) {
        self.row = row
    }

    /// Larger than any document that was let in: what is stored has passed the limits already.
    private static let limits = JSONLimits(bytes: 1 << 28, depth: 256, stringBytes: 1 << 28)

    private mutating func next() throws(StoreError) -> DatabaseValue.Storage {
        guard column < row.count else { throw StoreError.damaged("a row has fewer columns than its statement") }
        defer { column += 1 }
        let value: DatabaseValue = row[column]
        return value.storage
    }

    private func damaged(_ what: String) -> StoreError {
        .damaged("column \(column) of a row is no \(what)")
    }

    private mutating func parsed<Value>(
        _ what: StaticString, _ parse: (DatabaseValue.Storage) -> Value?
    ) throws(StoreError) -> Value {
        guard let value = parse(try next()) else { throw damaged("\(what)") }
        return value
    }

    private mutating func optional<Value>(
        _ what: StaticString, _ parse: (DatabaseValue.Storage) -> Value?
    ) throws(StoreError) -> Value? {
        let storage = try next()
        if case .null = storage { return nil }
        guard let value = parse(storage) else { throw damaged("\(what)") }
        return value
    }

    mutating func integer() throws(StoreError) -> Int64 { try parsed("integer", Self.integer) }
    mutating func bool() throws(StoreError) -> Bool { try integer() != 0 }
    mutating func count() throws(StoreError) -> Int { Int(try integer()) }
    mutating func time() throws(StoreError) -> Timestamp { Timestamp(milliseconds: try integer()) }
    mutating func optionalTime() throws(StoreError) -> Timestamp? {
        try optional("time", Self.integer).map(Timestamp.init(milliseconds:))
    }
    mutating func bytes() throws(StoreError) -> [UInt8] { try parsed("bytes", Self.bytes) }
    mutating func text() throws(StoreError) -> Text { try parsed("text", Self.text) }
    mutating func optionalText() throws(StoreError) -> Text? { try optional("text", Self.text) }
    mutating func digest() throws(StoreError) -> Digest {
        try parsed("digest") { Self.bytes($0).flatMap(Digest.init(bytes:)) }
    }
    mutating func id<Kind>() throws(StoreError) -> Handle<Kind> {
        guard let id: Handle<Kind> = try optionalID() else { throw damaged("handle") }
        return id
    }

    mutating func optionalID<Kind>() throws(StoreError) -> Handle<Kind>? {
        guard let string = try optional("handle", Self.string) else { return nil }
        guard let id = Handle<Kind>(Text(string)) else { throw damaged("handle") }
        return id
    }

    mutating func name<Kind>() throws(StoreError) -> Name<Kind> {
        guard let name: Name<Kind> = try optionalName() else { throw damaged("name") }
        return name
    }

    mutating func optionalName<Kind>() throws(StoreError) -> Name<Kind>? {
        guard let string = try optional("name", Self.string) else { return nil }
        guard let name = Name<Kind>(Text(string)) else { throw damaged("name") }
        return name
    }

    mutating func word<Word: RawRepresentable<String>>() throws(StoreError) -> Word {
        guard let word: Word = try optionalWord() else { throw damaged("word") }
        return word
    }

    mutating func optionalWord<Word: RawRepresentable<String>>() throws(StoreError) -> Word? {
        guard let string = try optional("word", Self.string) else { return nil }
        guard let word = Word(rawValue: string) else { throw damaged("word") }
        return word
    }

    mutating func json<Value>(_ parse: (JSONValue) throws(MemberError) -> Value) throws(StoreError) -> Value {
        guard let value = try optionalJSON(parse) else { throw damaged("document") }
        return value
    }

    mutating func optionalJSON<Value>(
        _ parse: (JSONValue) throws(MemberError) -> Value
    ) throws(StoreError) -> Value? {
        guard let text = try optional("document", Self.string) else { return nil }
        let json: JSONValue
        do { json = try JSONReader.read(Array(text.utf8), limits: Self.limits) } catch {
            throw StoreError.damaged("a document is no JSON: \(error.code.rawValue) at byte \(error.position)")
        }
        do throws(MemberError) { return try parse(json) } catch {
            throw StoreError.damaged("a document does not parse: \(error.code.rawValue) at \(error.path)")
        }
    }

    private static func integer(_ storage: DatabaseValue.Storage) -> Int64? {
        if case .int64(let integer) = storage { integer } else { nil }
    }
    private static func bytes(_ storage: DatabaseValue.Storage) -> [UInt8]? {
        if case .blob(let data) = storage { Array(data) } else { nil }
    }
    private static func text(_ storage: DatabaseValue.Storage) -> Text? {
        if case .blob(let data) = storage { Text(utf8: data) } else { nil }
    }
    private static func string(_ storage: DatabaseValue.Storage) -> String? {
        if case .string(let string) = storage { string } else { nil }
    }
}
