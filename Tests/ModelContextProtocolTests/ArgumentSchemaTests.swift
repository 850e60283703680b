import CanonicalEncoding
import ModelContextProtocol
import Testing

struct ArgumentSchemaTests {
    private func isTaken(_ arguments: String, by schema: String) throws -> Bool {
        try mistake(arguments, schema) == nil
    }

    private func mistake(_ arguments: String, _ schema: String) throws -> ArgumentSchema.Mistake? {
        let schema = try ArgumentSchema(try #require(try JSONReader.read(schema).objectValue))
        return schema.mistake(in: try #require(try JSONReader.read(arguments).objectValue))
    }

    private static let sql = #"""
        {"type":"object","required":["sql"],"properties":{"sql":{"type":"string","minLength":1,"maxLength":5},
         "limit":{"anyOf":[{"type":"integer","minimum":1,"exclusiveMaximum":100},{"type":"null"}],"default":null},
         "mode":{"enum":["fast","safe"]},"tags":{"type":"array","items":{"type":"string"},"uniqueItems":true,"maxItems":2}}}
        """#

    @Test(arguments: [
        #"{"sql":"a"}"#, #"{"sql":"aaaaa","limit":null}"#, #"{"sql":"ä🎈","limit":99}"#,
        #"{"sql":"a","mode":"safe","tags":["a","b"]}"#,
    ])
    func `arguments that the schema describes are taken`(arguments: String) throws {
        #expect(try isTaken(arguments, by: Self.sql))
    }

    @Test(arguments: [
        ("{}", "sql"), (#"{"sql":""}"#, "sql"), (#"{"sql":"aaaaaa"}"#, "sql"), (#"{"sql":null}"#, "sql"),
        (#"{"sql":1}"#, "sql"),
        (#"{"sql":"a","limit":0}"#, "limit"), (#"{"sql":"a","limit":100}"#, "limit"),
        (#"{"sql":"a","limit":"1"}"#, "limit"),
        (#"{"sql":"a","mode":"Fast"}"#, "mode"), (#"{"sql":"a","tags":["a","a"]}"#, "tags"),
        (#"{"sql":"a","tags":["a",1]}"#, "tags[1]"),
        (#"{"sql":"a","tags":["a","b","c"]}"#, "tags"), (#"{"sql":"a","SQL":"b"}"#, "SQL"),
        (#"{"sql":"a","extra":{}}"#, "extra"),
    ])
    func `the first argument that breaks the schema is named`(arguments: String, path: String) throws {
        #expect(try mistake(arguments, Self.sql)?.path == Text(path))
    }

    @Test(arguments: [
        (#"{"type":"object"}"#, #"{"a":1}"#, false), (#"{"type":"object"}"#, "{}", true),
        (#"{"type":"object","additionalProperties":true}"#, #"{"a":1}"#, true),
        (
            #"{"type":"object","properties":{"a":{}},"additionalProperties":{"type":"integer"}}"#, #"{"a":"x","b":1}"#,
            true
        ),
        (#"{"type":"object","properties":{"a":{}},"additionalProperties":{"type":"integer"}}"#, #"{"b":"x"}"#, false),
        (#"{"type":"object","properties":{"a":{"type":"object"}}}"#, #"{"a":{"any":1}}"#, true),
        (#"{"type":"object","properties":{"a":{"type":"object","properties":{"b":{}}}}}"#, #"{"a":{"c":1}}"#, false),
        (
            #"{"type":"object","properties":{"a":{"type":"object","additionalProperties":false}}}"#, #"{"a":{"c":1}}"#,
            false
        ),
        (#"{"type":"object","allOf":[{"properties":{"a":{}}},{"properties":{"b":{}}}]}"#, #"{"a":1,"b":2}"#, true),
        (#"{"type":"object","allOf":[{"properties":{"a":{}}},{"properties":{"b":{}}}]}"#, #"{"c":1}"#, false),
        (
            #"{"type":"object","anyOf":[{"properties":{"a":{}},"required":["a"]},{"properties":{"b":{}},"required":["b"]}]}"#,
            #"{"a":1,"b":1}"#, true
        ),
        (
            #"{"type":"object","anyOf":[{"properties":{"a":{}},"required":["a"]},{"properties":{"b":{"type":"null"}},"required":["b"]}]}"#,
            #"{"a":1,"b":1}"#, false
        ),
    ])
    func `a member that no applicable schema names is refused unless others are welcome`(
        schema: String, arguments: String, taken: Bool
    ) throws {
        #expect(try isTaken(arguments, by: schema) == taken)
    }

    @Test(arguments: [
        (#"{"oneOf":[{"required":["a"]},{"required":["b"]}],"additionalProperties":true}"#, #"{"a":1,"b":1}"#, false),
        (#"{"oneOf":[{"required":["a"]},{"required":["b"]}],"additionalProperties":true}"#, #"{"a":1}"#, true),
        (#"{"not":{"required":["a"]},"additionalProperties":true}"#, #"{"a":1}"#, false),
        (
            #"{"if":{"required":["a"]},"then":{"required":["b"]},"else":{"required":["c"]},"additionalProperties":true}"#,
            #"{"a":1}"#, false
        ),
        (
            #"{"if":{"required":["a"]},"then":{"required":["b"]},"else":{"required":["c"]},"additionalProperties":true}"#,
            #"{"c":1}"#, true
        ),
        (#"{"dependentRequired":{"a":["b"]},"additionalProperties":true}"#, #"{"a":1}"#, false),
        (#"{"maxProperties":1,"additionalProperties":true}"#, #"{"a":1,"b":1}"#, false),
        (#"{"propertyNames":{"maxLength":1},"additionalProperties":true}"#, #"{"ab":1}"#, false),
        (#"{"properties":{"a":{"contains":{"const":1},"maxContains":1}}}"#, #"{"a":[1,2]}"#, true),
        (#"{"properties":{"a":{"contains":{"const":1},"maxContains":1}}}"#, #"{"a":[1,1]}"#, false),
        (#"{"properties":{"a":{"prefixItems":[{"type":"string"}],"items":false}}}"#, #"{"a":["x"]}"#, true),
        (#"{"properties":{"a":{"prefixItems":[{"type":"string"}],"items":false}}}"#, #"{"a":["x",1]}"#, false),
        (#"{"properties":{"a":{"multipleOf":5}}}"#, #"{"a":12}"#, false),
        (#"{"properties":{"a":false}}"#, #"{"a":1}"#, false),
        (#"{"properties":{"a":{"type":["integer","string"]}}}"#, #"{"a":2.0}"#, true),
    ])
    func `keywords that combine mean what the standard says`(schema: String, arguments: String, taken: Bool) throws {
        #expect(try isTaken(arguments, by: schema) == taken)
    }

    @Test func `a schema may refer to places of itself, and to nothing else`() throws {
        let list = ##"""
            {"type":"object","properties":{"head":{"$ref":"#/$defs/node"}},
             "$defs":{"node":{"type":"object","properties":{"next":{"$ref":"#/$defs/node"},"v":{"type":"integer"}}}}}
            """##
        #expect(try isTaken(#"{"head":{"v":1,"next":{"v":2}}}"#, by: list))
        #expect(try mistake(#"{"head":{"v":1,"next":{"v":"2"}}}"#, list)?.path == "head.next.v")
        #expect(throws: ArgumentSchema.Mistake.self) { try isTaken("{}", by: ##"{"$ref":"#/$defs/none"}"##) }
        #expect(throws: ArgumentSchema.Mistake.self) {
            try isTaken("{}", by: #"{"$ref":"https://example.com/schema"}"#)
        }
    }

    @Test(arguments: ["patternProperties", "dependentSchemas", "$dynamicRef", "unevaluatedItems", "propertiez"])
    func `a keyword that cannot be checked refuses the schema`(keyword: String) {
        #expect(throws: ArgumentSchema.Mistake.self) { try isTaken("{}", by: "{\"\(keyword)\":{}}") }
    }

    @Test func `a schema that never ends is given up, also where it stands behind a not`() throws {
        let loop = ##"{"$ref":"#"}"##
        #expect(try !isTaken("{}", by: loop))
        let hidden =
            ##"{"not":{"$ref":"#/$defs/a"},"$defs":{"a":{"allOf":[{"$ref":"#/$defs/a"},{"$ref":"#/$defs/a"}]}}}"##
        #expect(try !isTaken("{}", by: hidden))
    }
}
