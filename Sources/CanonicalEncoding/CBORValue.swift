/// A CBOR data item (RFC 8949).
package indirect enum CBORValue: Hashable, Sendable {
    case unsigned(UInt64)
    /// The integer -1 - n.
    case negative(UInt64)
    case bytes([UInt8])
    case text(Text)
    case array([CBORValue])
    /// In the order in which they stood; keys are unique.
    case map([CBORPair])
    case tagged(UInt64, CBORValue)
    case bool(Bool)
    case null
    case undefined
    case double(Double)
}

/// One entry of a CBOR map.
package struct CBORPair: Hashable, Sendable {
    package var key: CBORValue
    package var value: CBORValue

    package init(key: CBORValue, value: CBORValue) {
        self.key = key
        self.value = value
    }
}

extension CBORValue {
    package var bytesValue: [UInt8]? { if case .bytes(let bytes) = self { bytes } else { nil } }
    package var textValue: Text? { if case .text(let text) = self { text } else { nil } }
    package var arrayValue: [CBORValue]? { if case .array(let elements) = self { elements } else { nil } }
    package var mapValue: [CBORPair]? { if case .map(let pairs) = self { pairs } else { nil } }
    package var boolValue: Bool? { if case .bool(let bool) = self { bool } else { nil } }

    /// The integer where it fits 64 bits with a sign, as COSE's labels and algorithms do.
    package var integerValue: Int64? {
        switch self {
        case .unsigned(let value): Int64(exactly: value)
        case .negative(let value): Int64(exactly: value).map { -1 - $0 }
        default: nil
        }
    }

    /// The entry with that integer key; nil when this is no map or has none.
    package subscript(label: Int64) -> CBORValue? {
        mapValue?.first { $0.key.integerValue == label }?.value
    }

    /// The entry with that text key; nil when this is no map or has none.
    package subscript(name: Text) -> CBORValue? {
        mapValue?.first { $0.key.textValue == name }?.value
    }
}
