package import CanonicalEncoding

/// A tool's `inputSchema`, compiled: what arguments it takes. Checked before policy sees them, so that nothing that policy does
/// not know of reaches the tool.
///
/// JSON Schema 2020-12 without what needs other documents or a regular expression. `pattern` and `format` are left to the tool
/// itself: they can only narrow what is taken. A keyword that could widen or that cannot be checked here refuses the schema,
/// and a tool whose schema is refused cannot be called.
///
/// Stricter than JSON Schema in one point: a member that no applicable `properties` names is refused, unless the schema says
/// itself that others are welcome (`additionalProperties` other than `false`) or, below the top, names none at all.
package struct ArgumentSchema: Sendable {
    let nodes: [SchemaNode]

    /// `sql: too long`: where, and what is wrong with it.
    package struct Mistake: Error, Hashable, Sendable {
        /// Empty: the arguments as a whole.
        package var path: Text
        package var text: Text

        package var description: Text { path.isEmpty ? text : "`\(path)`: \(text)" }
    }

    /// Throws when the schema cannot be checked here, with the place and the reason.
    package init(_ schema: JSONObject) throws(Mistake) {
        var compiler = SchemaCompiler(document: schema)
        nodes = try compiler.compile()
    }

    /// Nil: these arguments are taken. Costs at most a fixed number of steps, whatever schema and arguments are.
    package func mistake(in arguments: JSONObject) -> Mistake? {
        var check = ArgumentCheck(nodes: nodes)
        return check.mistake(in: .object(arguments))
    }
}

/// One schema position. Others are named by their index, so that a schema may refer to itself.
struct SchemaNode: Sendable {
    /// False for the schema `false`.
    var isPossible = true
    /// `$ref`: holds beside what else stands here.
    var reference: Int?
    /// Empty: any.
    var types: Set<SchemaType> = []
    /// `enum` and `const`.
    var allowed: [JSONValue]?
    var members: MemberRules?
    var elements: ElementRules?
    /// Of text, in Unicode scalars.
    var length: CountRange?
    var numbers: NumberRange?
    var combination: Combination?
}

/// What is said of an object's members.
struct MemberRules: Sendable {
    var properties: [Text: Int] = [:]
    var required: [Text] = []
    /// Nil where nothing is said of further members.
    var additional: Int?
    /// `unevaluatedProperties: true`.
    var isOpen = false
    var names: Int?
    var dependencies: [(name: Text, needs: [Text])] = []
    var count: CountRange?

    /// Whether anything is said of which members there are.
    var namesMembers: Bool { !properties.isEmpty || additional != nil }
}

/// What is said of an array's elements.
struct ElementRules: Sendable {
    var prefix: [Int] = []
    /// For what stands behind the prefix.
    var rest: Int?
    var contained: (node: Int, count: CountRange)?
    var count: CountRange?
    var areUnique = false
}

/// Schemas that hold together, or one of them, or not.
struct Combination: Sendable {
    var all: [Int] = []
    var any: [Int] = []
    var one: [Int] = []
    var not: Int?
    var condition: (test: Int, then: Int?, otherwise: Int?)?
}

struct CountRange: Sendable {
    var least: Int64?
    var most: Int64?

    func contains(_ count: Int) -> Bool {
        Int64(count) >= least ?? 0 && Int64(count) <= most ?? .max
    }
}

enum SchemaType: String, Sendable, CaseIterable {
    case null, boolean, integer, number, string, array, object

    func takes(_ value: JSONValue) -> Bool {
        switch (self, value) {
        case (.null, .null), (.boolean, .bool), (.integer, .integer), (.number, .integer), (.number, .double),
            (.string, .string), (.array, .array), (.object, .object):
            true
        case (.integer, .double(let double)): double.rounded() == double
        default: false
        }
    }
}

/// Limits of a number; both kinds of literals are compared as they stand.
struct NumberRange: Sendable {
    var least: JSONValue?
    var most: JSONValue?
    var above: JSONValue?
    var below: JSONValue?
    var multipleOf: Int64?
}
