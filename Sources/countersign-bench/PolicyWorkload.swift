import CanonicalEncoding
import CedarLanguage

/// Policies, schema, entities and 1,000 requests, as texts that any engine reads.
struct PolicyWorkload {
    let name: String
    let schema: String
    let policies: String
    let entities: JSONValue
    let requests: [JSONValue]

    /// The whole as one document, for the reference implementation.
    var json: JSONValue {
        [
            "name": .string(Text(name)), "schema": .string(Text(schema)), "policies": .string(Text(policies)),
            "entities": .string(Text(CanonicalJSON.text(entities))), "requests": .array(requests),
        ]
    }

    static func uid(_ type: Text, _ id: String) -> JSONValue { ["type": .string(type), "id": .string(Text(id))] }

    static func entity(
        _ uid: JSONValue, in parents: [JSONValue] = [], _ attributes: JSONObject = JSONObject()
    ) -> JSONValue {
        ["uid": uid, "attrs": .object(attributes), "parents": .array(parents)]
    }

    static func request(
        _ principal: JSONValue, _ action: String, _ resource: JSONValue, _ context: JSONObject = JSONObject()
    ) -> JSONValue {
        [
            "principal": principal, "action": uid("Action", action), "resource": resource, "context": .object(context),
        ]
    }
}

/// The same numbers in every run: requests have to be the same for everybody.
struct RepeatableNumbers {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    /// SplitMix64, cut to a range.
    mutating func below(_ limit: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int((mixed ^ (mixed >> 31)) % UInt64(limit))
    }
}
