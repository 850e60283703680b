/// A JSON document as a flat table, read by the strict rules without recursion: for formats that nest as deep as the
/// expressions they carry. Freeing it needs no recursion either.
package struct FlatJSON: Sendable {
    /// What stands at a place; members and elements are ranges of `entries`.
    package enum Node: Sendable {
        case null
        case bool(Bool)
        case integer(Int64)
        case double(Double)
        case string(Text)
        case array(Range<Int>)
        case object(Range<Int>)
    }

    /// A member of an object, or an element of an array, whose name is empty.
    package struct Entry: Sendable {
        package let name: Text
        /// Where the value stands in `nodes`.
        package let node: Int
    }

    /// Values inside of others stand before them; the document is the last.
    package internal(set) var nodes: [Node] = []
    package internal(set) var entries: [Entry] = []
    /// Of each node, the byte at which it starts.
    package internal(set) var offsets: [Int] = []
    /// Of each node, the entry that holds it; -1 for the document.
    private(set) var holders: [Int] = []

    /// The whole document.
    package var root: Int { nodes.count - 1 }

    /// Reads one document of at most so many bytes and levels; its time is linear in the bytes.
    package init(
        _ bytes: [UInt8], limits: JSONLimits = .standard, depth: Int
    ) throws(JSONReadingError) {
        var parser = JSONParser(limits: limits)
        self = try parser.readFlatDocument(bytes.span, depth: depth)
        holders = Array(repeating: -1, count: nodes.count)
        for (index, entry) in entries.enumerated() { holders[entry.node] = index }
    }

    init() {}

    /// Where a node stands in the document, such as `conditions[0].body`; names longer than 64 bytes are cut.
    package func path(of node: Int) -> String {
        // Of each entry, the container; found by walking up, which only errors do.
        var containers: [Int: Int] = [:]
        for (index, node) in nodes.enumerated() {
            switch node {
            case .array(let range), .object(let range):
                if let first = range.first { containers[first] = index }
            default: break
            }
        }
        var parts: [String] = []
        var place = node
        while holders.indices.contains(place), holders[place] >= 0 {
            var first = holders[place]
            while containers[first] == nil, first > 0 { first -= 1 }
            guard let container = containers[first] else { break }
            if case .array = nodes[container] {
                parts.append("[\(holders[place] - first)]")
            } else {
                parts.append("." + Self.shown(entries[holders[place]].name))
            }
            place = container
        }
        let path = parts.reversed().joined()
        return path.utf8.first == UInt8(ascii: ".") ? String(path.dropFirst()) : path
    }

    private static func shown(_ name: Text) -> String {
        name.utf8.count <= 64 ? name.string : String(name.string.unicodeScalars.prefix(60)) + "…"
    }

    /// The value of a member, nil when the node is no object or has none of that name.
    package func member(_ name: Text, of node: Int) -> Int? {
        guard case .object(let range) = nodes[node] else { return nil }
        for index in range where entries[index].name == name { return entries[index].node }
        return nil
    }
}

extension JSONParser {
    /// A container that is open, with what was read of it.
    private struct OpenContainer {
        let isObject: Bool
        let offset: Int
        var entries: [FlatJSON.Entry] = []
        var seen: Set<Text> = []
        /// The name of the member whose value comes next.
        var name: Text = ""
    }

    mutating func readFlatDocument(_ bytes: Span<UInt8>, depth: Int) throws(JSONReadingError) -> FlatJSON {
        guard bytes.count <= limits.bytes else { throw refusal(.tooLarge, at: limits.bytes) }
        guard !Self.startsWithMark(bytes) else { throw refusal(.byteOrderMark, at: 0) }
        var flat = FlatJSON()
        var open: [OpenContainer] = []
        repeat {
            skipWhiteSpace(bytes)
            guard position < bytes.count else { throw refusal(.unexpectedEnd) }
            let isObject = bytes[position] == UInt8(ascii: "{")
            if isObject || bytes[position] == UInt8(ascii: "[") {
                guard open.count < depth else { throw refusal(.tooDeep) }
                open.append(OpenContainer(isObject: isObject, offset: position))
                position += 1
                skipWhiteSpace(bytes)
                guard consume(UInt8(ascii: isObject ? "}" : "]"), in: bytes) else {
                    if isObject { try readName(bytes, &open) }
                    continue
                }
                close(&open, &flat)
            } else {
                flat.offsets.append(position)
                flat.nodes.append(try readScalarNode(bytes))
            }
            try afterValue(bytes, &open, &flat)
        } while !open.isEmpty
        skipWhiteSpace(bytes)
        guard position == bytes.count else { throw refusal(.trailingBytes) }
        return flat
    }

    private mutating func readScalarNode(_ bytes: Span<UInt8>) throws(JSONReadingError) -> FlatJSON.Node {
        switch try readScalarValue(bytes) {
        case .bool(let bool): .bool(bool)
        case .integer(let integer): .integer(integer)
        case .double(let double): .double(double)
        case .string(let text): .string(text)
        default: .null
        }
    }

    /// Puts the value that was read last into its container, and ends every container that ends here.
    private mutating func afterValue(
        _ bytes: Span<UInt8>, _ open: inout [OpenContainer], _ flat: inout FlatJSON
    ) throws(JSONReadingError) {
        while let last = open.indices.last {
            open[last].entries.append(FlatJSON.Entry(name: open[last].name, node: flat.nodes.count - 1))
            skipWhiteSpace(bytes)
            if consume(UInt8(ascii: ","), in: bytes) {
                if open[last].isObject { try readName(bytes, &open) }
                return
            }
            try expect(UInt8(ascii: open[last].isObject ? "}" : "]"), in: bytes)
            close(&open, &flat)
        }
    }

    private mutating func readName(
        _ bytes: Span<UInt8>, _ open: inout [OpenContainer]
    ) throws(JSONReadingError) {
        skipWhiteSpace(bytes)
        guard position < bytes.count else { throw refusal(.unexpectedEnd) }
        guard bytes[position] == UInt8(ascii: "\"") else { throw refusal(.unexpectedByte) }
        let start = position
        let name = try readText(bytes)
        guard open[open.count - 1].seen.insert(name).inserted else { throw refusal(.duplicateName, at: start) }
        open[open.count - 1].name = name
        skipWhiteSpace(bytes)
        try expect(UInt8(ascii: ":"), in: bytes)
    }

    private func close(_ open: inout [OpenContainer], _ flat: inout FlatJSON) {
        guard let container = open.popLast() else { return }
        let first = flat.entries.count
        flat.entries.append(contentsOf: container.entries)
        let range = first..<flat.entries.count
        flat.nodes.append(container.isObject ? .object(range) : .array(range))
        flat.offsets.append(container.offset)
    }
}
