import Mustache

/// Escapes text for HTML, by bytes.
///
/// The template engine's own escaping looks at `Character`s, and there a quotation mark followed by a combining mark is
/// another character and passes unescaped: an agent could close an attribute with it. Bytes know no such thing.
struct HTMLText: MustacheContentType {
    static let name = "COUNTERSIGN-HTML"

    /// Goes in front of every template, so that none can forget it; partials do not inherit it.
    static let pragma = "{{% CONTENT_TYPE:\(name)}}"

    func escapeText(_ text: String) -> String { Self.escape(text) }

    static func escape(_ text: String) -> String {
        var escaped: [UInt8] = []
        escaped.reserveCapacity(text.utf8.count)
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "<"): escaped += Array("&lt;".utf8)
            case UInt8(ascii: ">"): escaped += Array("&gt;".utf8)
            case UInt8(ascii: "&"): escaped += Array("&amp;".utf8)
            case UInt8(ascii: "\""): escaped += Array("&quot;".utf8)
            case UInt8(ascii: "'"): escaped += Array("&#39;".utf8)
            default: escaped.append(byte)
            }
        }
        return String(decoding: escaped, as: UTF8.self)
    }
}
