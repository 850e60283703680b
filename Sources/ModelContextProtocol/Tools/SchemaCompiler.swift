import CanonicalEncoding

/// Turns a schema document into nodes. What it does not know it refuses, but for annotations, which say nothing of what is taken.
struct SchemaCompiler {
    typealias Mistake = ArgumentSchema.Mistake

    private let document: JSONObject
    private var nodes: [SchemaNode] = []
    /// Nodes of places that a `$ref` names.
    private var referenced: [Text: Int] = ["#": 0]
    private var pending: [(pointer: Text, node: Int)] = []

    private static let greatestCount = 10_000

    /// Keywords that only describe, or that only narrow what the tool itself will refuse.
    private static let passedOver: Set<Text> = [
        "$schema", "$id", "$comment", "$defs", "definitions", "title", "description", "default", "examples",
        "deprecated",
        "readOnly", "writeOnly", "format", "pattern", "contentEncoding", "contentMediaType", "contentSchema", "$anchor",
        "discriminator",
    ]

    init(document: JSONObject) {
        self.document = document
    }

    mutating func compile() throws(Mistake) -> [SchemaNode] {
        _ = try add(.object(document), at: "")
        while let (pointer, node) = pending.popLast() {
            let place = try located(pointer)
            nodes[node] = try self.node(place, at: pointer)
        }
        return nodes
    }

    private mutating func add(_ schema: JSONValue, at path: Text) throws(Mistake) -> Int {
        guard nodes.count < Self.greatestCount else { throw Mistake(path: path, text: "the schema is too large") }
        let index = nodes.count
        nodes.append(SchemaNode())
        nodes[index] = try node(schema, at: path)
        return index
    }

    private mutating func node(_ schema: JSONValue, at path: Text) throws(Mistake) -> SchemaNode {
        var node = SchemaNode()
        if let isPossible = schema.boolValue {
            node.isPossible = isPossible
            return node
        }
        guard let object = schema.objectValue else {
            throw Mistake(path: path, text: "a schema is an object or a Boolean")
        }
        for member in object.members {
            try read(member.name, member.value, into: &node, at: path.isEmpty ? member.name : "\(path).\(member.name)")
        }
        if let condition = try condition(object, at: path) {
            var combination = node.combination ?? Combination()
            combination.condition = condition
            node.combination = combination
        }
        try readContained(object, into: &node, at: path)
        return node
    }

    private mutating func read(
        _ keyword: Text, _ value: JSONValue, into node: inout SchemaNode, at path: Text
    ) throws(Mistake) {
        switch keyword {
        case "type": node.types = try types(value, at: path)
        case "enum": node.allowed = try array(value, at: path)
        case "const": node.allowed = [value]
        case "$ref": node.reference = try reference(value, at: path)
        case "minLength": node.length = CountRange(least: try count(value, at: path), most: node.length?.most)
        case "maxLength": node.length = CountRange(least: node.length?.least, most: try count(value, at: path))
        case "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf":
            try readNumber(keyword, value, into: &node, at: path)
        case "properties", "required", "additionalProperties", "unevaluatedProperties", "propertyNames",
            "dependentRequired", "minProperties", "maxProperties":
            var rules = node.members ?? MemberRules()
            try readMembers(keyword, value, into: &rules, at: path)
            node.members = rules
        case "items", "prefixItems", "minItems", "maxItems", "uniqueItems":
            var rules = node.elements ?? ElementRules()
            try readElements(keyword, value, into: &rules, at: path)
            node.elements = rules
        case "allOf", "anyOf", "oneOf", "not":
            var combination = node.combination ?? Combination()
            try readCombination(keyword, value, into: &combination, at: path)
            node.combination = combination
        case "if", "then", "else", "contains", "minContains", "maxContains": break
        default:
            guard Self.passedOver.contains(keyword) || keyword.utf8.starts(with: "x-".utf8) else {
                throw Mistake(path: path, text: "this keyword cannot be checked here")
            }
        }
    }

    private mutating func readMembers(
        _ keyword: Text, _ value: JSONValue, into rules: inout MemberRules, at path: Text
    ) throws(Mistake) {
        switch keyword {
        case "properties":
            for member in try object(value, at: path).members {
                rules.properties[member.name] = try add(member.value, at: "\(path).\(member.name)")
            }
        case "required": rules.required = try texts(value, at: path)
        case "additionalProperties": rules.additional = try add(value, at: path)
        case "unevaluatedProperties":
            guard let isOpen = value.boolValue else { throw Mistake(path: path, text: "only a Boolean is taken here") }
            rules.isOpen = isOpen
        case "propertyNames": rules.names = try add(value, at: path)
        case "dependentRequired":
            for member in try object(value, at: path).members {
                rules.dependencies.append((member.name, try texts(member.value, at: path)))
            }
        case "minProperties": rules.count = CountRange(least: try count(value, at: path), most: rules.count?.most)
        default: rules.count = CountRange(least: rules.count?.least, most: try count(value, at: path))
        }
    }

    private mutating func readElements(
        _ keyword: Text, _ value: JSONValue, into rules: inout ElementRules, at path: Text
    ) throws(Mistake) {
        switch keyword {
        case "items": rules.rest = try add(value, at: path)
        case "prefixItems": rules.prefix = try all(array(value, at: path), at: path)
        case "minItems": rules.count = CountRange(least: try count(value, at: path), most: rules.count?.most)
        case "maxItems": rules.count = CountRange(least: rules.count?.least, most: try count(value, at: path))
        default:
            guard let areUnique = value.boolValue else { throw Mistake(path: path, text: "must be a Boolean") }
            rules.areUnique = areUnique
        }
    }

    private mutating func readCombination(
        _ keyword: Text, _ value: JSONValue, into combination: inout Combination, at path: Text
    ) throws(Mistake) {
        if keyword == "not" {
            combination.not = try add(value, at: path)
            return
        }
        let schemas = try array(value, at: path)
        guard !schemas.isEmpty else { throw Mistake(path: path, text: "must not be empty") }
        let indices = try all(schemas, at: path)
        switch keyword {
        case "allOf": combination.all = indices
        case "anyOf": combination.any = indices
        default: combination.one = indices
        }
    }

    /// `then` and `else` mean nothing without `if`.
    private mutating func condition(
        _ object: JSONObject, at path: Text
    ) throws(Mistake) -> (test: Int, then: Int?, otherwise: Int?)? {
        guard let test = object["if"] else { return nil }
        let index = try add(test, at: "\(path).if")
        var branches: [Int?] = []
        for name: Text in ["then", "else"] {
            if let branch = object[name] {
                branches.append(try add(branch, at: "\(path).\(name)"))
            } else {
                branches.append(nil)
            }
        }
        return (index, branches[0], branches[1])
    }

    private mutating func readContained(
        _ object: JSONObject, into node: inout SchemaNode, at path: Text
    ) throws(Mistake) {
        guard let contained = object["contains"] else { return }
        var range = CountRange(least: 1)
        if let least = object["minContains"] { range.least = try count(least, at: path) }
        if let most = object["maxContains"] { range.most = try count(most, at: path) }
        var rules = node.elements ?? ElementRules()
        rules.contained = (try add(contained, at: "\(path).contains"), range)
        node.elements = rules
    }
}

extension SchemaCompiler {
    private mutating func all(_ schemas: [JSONValue], at path: Text) throws(Mistake) -> [Int] {
        var indices: [Int] = []
        for (index, schema) in schemas.enumerated() { indices.append(try add(schema, at: "\(path)[\(index)]")) }
        return indices
    }

    /// Only places of this document: nothing is fetched.
    private mutating func reference(_ value: JSONValue, at path: Text) throws(Mistake) -> Int {
        guard let pointer = value.textValue, pointer == "#" || pointer.utf8.starts(with: "#/".utf8) else {
            throw Mistake(path: path, text: "only references into this schema are followed")
        }
        if let known = referenced[pointer] { return known }
        guard nodes.count < Self.greatestCount else { throw Mistake(path: path, text: "the schema is too large") }
        let index = nodes.count
        nodes.append(SchemaNode())
        referenced[pointer] = index
        pending.append((pointer, index))
        return index
    }

    /// RFC 6901, for objects and arrays.
    private func located(_ pointer: Text) throws(Mistake) -> JSONValue {
        let missing = Mistake(path: pointer, text: "there is no such place in the schema")
        var place = JSONValue.object(document)
        for step in pointer.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).dropFirst() {
            guard let name = Self.unescaped(Array(step)) else { throw missing }
            if let object = place.objectValue, let next = object[name] {
                place = next
            } else if let array = place.arrayValue, let index = Int(name.string), array.indices.contains(index) {
                place = array[index]
            } else {
                throw missing
            }
        }
        return place
    }

    private static func unescaped(_ step: [UInt8]) -> Text? {
        var bytes: [UInt8] = []
        var index = 0
        while index < step.count {
            if step[index] == UInt8(ascii: "~") {
                guard index + 1 < step.count else { return nil }
                switch step[index + 1] {
                case UInt8(ascii: "0"): bytes.append(UInt8(ascii: "~"))
                case UInt8(ascii: "1"): bytes.append(UInt8(ascii: "/"))
                default: return nil
                }
                index += 2
            } else {
                bytes.append(step[index])
                index += 1
            }
        }
        return Text(utf8: bytes)
    }

    private func types(_ value: JSONValue, at path: Text) throws(Mistake) -> Set<SchemaType> {
        let names = value.arrayValue ?? [value]
        var types: Set<SchemaType> = []
        for name in names {
            guard let type = name.stringValue.flatMap(SchemaType.init(rawValue:)) else {
                throw Mistake(path: path, text: "there is no such type")
            }
            types.insert(type)
        }
        guard !types.isEmpty else { throw Mistake(path: path, text: "must not be empty") }
        return types
    }

    private func readNumber(
        _ keyword: Text, _ value: JSONValue, into node: inout SchemaNode, at path: Text
    ) throws(Mistake) {
        guard value.integerValue != nil || value.doubleValue != nil else {
            throw Mistake(path: path, text: "must be a number")
        }
        var range = node.numbers ?? NumberRange()
        switch keyword {
        case "minimum": range.least = value
        case "maximum": range.most = value
        case "exclusiveMinimum": range.above = value
        case "exclusiveMaximum": range.below = value
        default:
            guard let divisor = value.integerValue, divisor > 0 else {
                throw Mistake(path: path, text: "only a positive integer is taken here")
            }
            range.multipleOf = divisor
        }
        node.numbers = range
    }

    private func object(_ value: JSONValue, at path: Text) throws(Mistake) -> JSONObject {
        guard let object = value.objectValue else { throw Mistake(path: path, text: "must be an object") }
        return object
    }

    private func array(_ value: JSONValue, at path: Text) throws(Mistake) -> [JSONValue] {
        guard let array = value.arrayValue else { throw Mistake(path: path, text: "must be an array") }
        return array
    }

    private func texts(_ value: JSONValue, at path: Text) throws(Mistake) -> [Text] {
        var texts: [Text] = []
        for element in try array(value, at: path) {
            guard let text = element.textValue else { throw Mistake(path: path, text: "must be an array of texts") }
            texts.append(text)
        }
        return texts
    }

    private func count(_ value: JSONValue, at path: Text) throws(Mistake) -> Int64 {
        guard let count = value.integerValue, count >= 0 else {
            throw Mistake(path: path, text: "must be a whole number that is not negative")
        }
        return count
    }
}
