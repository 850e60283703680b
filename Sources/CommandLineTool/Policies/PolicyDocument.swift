import CanonicalEncoding
import Yams

/// A document that somebody wrote: YAML, and JSON as the part of YAML that it is.
///
/// Plain words are read by YAML's core rules alone: `no` and `2026-11-21` are text, `007` is too.
enum PolicyDocument {
    /// More than anybody writes by hand; aliases are counted each time they are used, so that they cannot multiply.
    private static let greatestNodeCount = 200_000

    static func read(_ file: String) throws(CommandFailure) -> JSONValue {
        let text = try InputFile(file).text()
        do {
            guard let node = try Yams.compose(yaml: text) else { return .null }
            var left = greatestNodeCount
            return try value(node, &left, depth: 0)
        } catch let failure as CommandFailure {
            throw CommandFailure("\(file): \(failure.message)", hint: failure.hint)
        } catch {
            throw CommandFailure("\(file) is no YAML: \(error)", hint: "Look at the line that is named.")
        }
    }

    private static func value(_ node: Node, _ left: inout Int, depth: Int) throws(CommandFailure) -> JSONValue {
        left -= 1
        guard left > 0, depth < 64 else {
            throw CommandFailure("the document is too large or too deep.", hint: "Split it.")
        }
        switch node {
        case .scalar(let scalar): return plain(scalar)
        case .sequence(let sequence):
            var items: [JSONValue] = []
            for item in sequence { items.append(try value(item, &left, depth: depth + 1)) }
            return .array(items)
        case .mapping(let mapping):
            var object = JSONObject()
            for (key, item) in mapping {
                guard let name = key.scalar.map({ Text($0.string) }), object[name] == nil else {
                    throw CommandFailure("a name stands twice, or is no text.", hint: "Give each member one name.")
                }
                object[name] = try value(item, &left, depth: depth + 1)
            }
            return .object(object)
        case .alias:
            throw CommandFailure("an alias has no anchor.", hint: "Write the value out.")
        }
    }

    private static func plain(_ scalar: Node.Scalar) -> JSONValue {
        let text = Text(scalar.string)
        guard scalar.style == .plain || scalar.style == .any else { return .string(text) }
        switch text {
        case "", "~", "null": return .null
        case "true": return .bool(true)
        case "false": return .bool(false)
        default: break
        }
        if let integer = Int64(text.string), Text("\(integer)") == text { return .integer(integer) }
        let isNumber = text.utf8.allSatisfy {
            (0x30...0x39).contains($0) || [0x2B, 0x2D, 0x2E, 0x45, 0x65].contains($0)
        }
        if isNumber, text.utf8.contains(where: { (0x30...0x39).contains($0) }), let double = Double(text.string),
            double.isFinite
        {
            return text.utf8.contains(0x2E) ? .double(double) : .string(text)
        }
        return .string(text)
    }
}
