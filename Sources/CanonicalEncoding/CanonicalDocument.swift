import Crypto

/// A JSON document in its canonical form (RFC 8785), kept as bytes: what is digested, stored and sent, made once.
package struct CanonicalDocument: Hashable, Sendable {
    package let bytes: [UInt8]

    package init(_ value: JSONValue) {
        bytes = CanonicalJSON.encode(value)
    }

    /// Takes bytes that were canonical when they were written; nothing here looks at them again. Whoever relies on them reads
    /// them with `json`.
    package init(uncheckedBytes bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Writes the document from its parts, without a `JSONValue` in between; `capacity` is how many bytes it may well have.
    package init(capacity: Int = 1024, _ write: (inout CanonicalWriter) -> Void) {
        var writer = CanonicalWriter(capacity: capacity)
        write(&writer)
        bytes = writer.output
    }

    /// The bytes as text.
    package var text: String { String(decoding: bytes, as: UTF8.self) }

    /// Reads it back. What was let in once is let in again, although the server's own members made it larger.
    package func json(limits: JSONLimits = .stored) throws(JSONReadingError) -> JSONValue {
        try JSONReader.read(bytes, limits: limits)
    }

    /// SHA-256(domain ‖ 0x00 ‖ bytes); see `Digest.init(domain:_:)`.
    package func digest(domain: StaticString) -> Digest {
        Digest(domain: domain, canonical: bytes)
    }
}

/// Writes canonical JSON piece by piece.
///
/// Whoever writes an object names its members in the order of RFC 8785 (3.2.3); for plain ASCII names that is the order of
/// their bytes. Reading the document and writing it canonically must give the same bytes, and tests see to it.
package struct CanonicalWriter {
    fileprivate var output: [UInt8] = []
    /// Something stands before in this object or array.
    private var isContinued = false

    fileprivate init(capacity: Int) {
        output.reserveCapacity(capacity)
    }

    package mutating func object(_ members: (inout CanonicalWriter) -> Void) {
        open(UInt8(ascii: "{"))
        members(&self)
        close(UInt8(ascii: "}"))
    }

    package mutating func array<Element>(
        _ elements: [Element], _ write: (inout CanonicalWriter, Element) -> Void
    ) {
        open(UInt8(ascii: "["))
        for element in elements {
            separate()
            write(&self, element)
        }
        close(UInt8(ascii: "]"))
    }

    /// A member whose value `write` writes; `name` is plain ASCII that needs no escape.
    @inline(__always)
    package mutating func member(_ name: StaticString, _ write: (inout CanonicalWriter) -> Void) {
        separate()
        output.append(UInt8(ascii: "\""))
        unsafe output.append(contentsOf: UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
        output.append(UInt8(ascii: "\""))
        output.append(UInt8(ascii: ":"))
        write(&self)
        isContinued = true
    }

    package mutating func member(_ name: StaticString, _ value: Text) { member(name) { $0.value(value) } }
    package mutating func member(_ name: StaticString, _ value: Int64) { member(name) { $0.value(value) } }
    package mutating func member(_ name: StaticString, _ value: Bool) { member(name) { $0.value(.bool(value)) } }
    package mutating func member(_ name: StaticString, _ value: JSONValue) { member(name) { $0.value(value) } }
    package mutating func member(_ name: StaticString, _ value: CanonicalDocument) {
        member(name) { $0.output += value.bytes }
    }

    package mutating func value(_ text: Text) { CanonicalJSON.append(text, to: &output) }
    package mutating func value(_ integer: Int64) { ECMAScriptNumber.append(integer, to: &output) }
    package mutating func value(_ json: JSONValue) { CanonicalJSON.append(json, to: &output) }

    private mutating func separate() {
        if isContinued { output.append(UInt8(ascii: ",")) }
        isContinued = true
    }

    private mutating func open(_ bracket: UInt8) {
        output.append(bracket)
        isContinued = false
    }

    private mutating func close(_ bracket: UInt8) {
        output.append(bracket)
        isContinued = true
    }
}
