package import CanonicalEncoding

/// The wire form of actions (`authority.md`): a contract.
extension Action {
    package var json: JSONValue {
        var object: JSONObject = [
            "tool": tool.json,
            "resource": ["type": .string(resource.type), "id": .string(resource.id)],
            "environment": .string(environment),
            "arguments": .object(arguments),
            "deadline_seconds": .integer(deadlineSeconds),
        ]
        if !preconditions.isEmpty { object["preconditions"] = .array(preconditions.map(\.json)) }
        if !expectations.isEmpty { object["expect"] = Expectation.json(expectations) }
        return .object(object)
    }

    /// Reads a normalised action, as the executor presents it at claim.
    package init(json: JSONValue) throws(MemberError) {
        var reader = try MemberReader(json, path: "action")
        try ActionProfile.check(json, path: "action")
        tool = try ToolReference(json: reader.required("tool"), path: "action.tool")
        var resource = try MemberReader(reader.required("resource"), path: "action.resource")
        self.resource = ResourceReference(type: try resource.text("type"), id: try resource.text("id"))
        try resource.finish()
        environment = try reader.text("environment")
        arguments = try reader.object("arguments")
        preconditions = try Precondition.list(reader.optional("preconditions"), path: "action.preconditions")
        expectations = try Expectation.list(reader.optional("expect"), path: "action.expect")
        deadlineSeconds = try reader.integer("deadline_seconds")
        try reader.finish()
    }
}

extension SubmittedAction {
    package init(json: JSONValue) throws(MemberError) {
        var reader = try MemberReader(json, path: "action")
        try ActionProfile.check(json, path: "action")
        let tool = try ToolReference(json: reader.required("tool"), path: "action.tool")
        let target = try reader.optionalText("target")
        let arguments = try reader.object("arguments")
        let preconditions = try Precondition.list(reader.optional("preconditions"), path: "action.preconditions")
        let expectations = try Expectation.list(reader.optional("expect"), path: "action.expect")
        let deadline = try reader.optionalInteger("deadline_seconds")
        self.init(
            server: tool.server, name: tool.name, target: target, arguments: arguments, preconditions: preconditions,
            expectations: expectations, deadlineSeconds: deadline)
        claimedDefinition = tool.definition
        if let claimed = reader.optional("resource") {
            var resource = try MemberReader(claimed, path: "action.resource")
            claimedResource = ResourceReference(type: try resource.text("type"), id: try resource.text("id"))
            try resource.finish()
        }
        claimedEnvironment = try reader.optionalText("environment")
        try reader.finish()
    }

    package var json: JSONValue {
        var object: JSONObject = [
            "tool": ToolReference(server: server, name: name, definition: claimedDefinition).json,
            "arguments": .object(arguments),
        ]
        if let target { object["target"] = .string(target) }
        if !preconditions.isEmpty { object["preconditions"] = .array(preconditions.map(\.json)) }
        if !expectations.isEmpty { object["expect"] = Expectation.json(expectations) }
        if let deadlineSeconds { object["deadline_seconds"] = .integer(deadlineSeconds) }
        if let claimed = claimedResource {
            object["resource"] = ["type": .string(claimed.type), "id": .string(claimed.id)]
        }
        if let claimedEnvironment { object["environment"] = .string(claimedEnvironment) }
        return .object(object)
    }
}

extension ToolReference {
    package var json: JSONValue {
        var object: JSONObject = ["server": .string(server), "name": .string(name)]
        if let definition { object["definition"] = .string(Text(definition.wire)) }
        return .object(object)
    }

    package init(json: JSONValue, path: Text) throws(MemberError) {
        var reader = try MemberReader(json, path: path)
        server = try reader.text("server")
        name = try reader.text("name")
        // The log names the tool in every first entry of a request, also one that nobody registered.
        for (member, text) in [("server", server), ("name", name)] as [(Text, Text)] where text.utf8.count > 1024 {
            throw reader.error(.invalidValue, member)
        }
        if let text = try reader.optionalText("definition") {
            guard let digest = Digest(wire: text.string) else {
                throw MemberError(code: .invalidValue, path: "\(path).definition")
            }
            definition = digest
        }
        try reader.finish()
    }
}

extension Precondition {
    package var json: JSONValue {
        ["provider": .string(provider), "of": .string(of), "value": .string(value)]
    }

    static func list(_ json: JSONValue?, path: Text) throws(MemberError) -> [Precondition] {
        guard let json else { return [] }
        guard let items = json.arrayValue else { throw MemberError(code: .wrongType, path: path) }
        var list: [Precondition] = []
        for (index, item) in items.enumerated() {
            var reader = try MemberReader(item, path: "\(path)[\(index)]")
            list.append(
                Precondition(
                    provider: try reader.text("provider"), of: try reader.text("of"), value: try reader.text("value")))
            try reader.finish()
        }
        return list
    }
}

extension Expectation {
    static func json(_ expectations: [Expectation]) -> JSONValue {
        var object = JSONObject()
        for expectation in expectations {
            var bounds = object[expectation.observation]?.objectValue ?? JSONObject()
            bounds[Text(expectation.bound.rawValue)] = .string(expectation.value)
            object[expectation.observation] = .object(bounds)
        }
        return .object(object)
    }

    static func list(_ json: JSONValue?, path: Text) throws(MemberError) -> [Expectation] {
        guard let json else { return [] }
        guard let observations = json.objectValue else { throw MemberError(code: .wrongType, path: path) }
        var list: [Expectation] = []
        for observation in observations.members {
            let here: Text = "\(path).\(observation.name)"
            guard let bounds = observation.value.objectValue, !bounds.isEmpty else {
                throw MemberError(code: .wrongType, path: here)
            }
            for member in bounds.members {
                guard let bound = Bound(rawValue: member.name.string) else {
                    throw MemberError(code: .unknownMember, path: "\(here).\(member.name)")
                }
                guard let value = member.value.textValue else {
                    throw MemberError(code: .wrongType, path: "\(here).\(member.name)")
                }
                guard bound == .equals || Int64(value.string) != nil else {
                    throw MemberError(code: .invalidValue, path: "\(here).\(member.name)")
                }
                list.append(Expectation(observation: observation.name, bound: bound, value: value))
            }
        }
        return list
    }
}

/// The profile that JSON inside an action keeps: whole numbers within ±(2⁵³−1), so that every reader sees the same value.
package enum ActionProfile {
    private static let greatest: Int64 = 9_007_199_254_740_991

    /// Refuses floats and larger integers: they are to be sent as strings.
    package static func check(_ json: JSONValue, path: Text) throws(MemberError) {
        // Nearly every document keeps to it: where a number stands is only said of one that does not.
        guard !keeps(json), let way = wayToBreach(in: json) else { return }
        let place = way.reversed().reduce(path) { outer, step in
            switch step {
            // Cuts a long name: the path goes into an answer and into the log.
            case .member(let name): MemberReader(JSONObject(), path: outer).path(of: name)
            case .element(let index): Text("\(outer)[\(index)]")
            }
        }
        throw MemberError(code: .numberOutOfProfile, path: place)
    }

    private static func keeps(_ json: JSONValue) -> Bool {
        switch json {
        case .null, .bool, .string: true
        case .integer(let value): (-greatest...greatest).contains(value)
        case .double: false
        case .array(let items): items.allSatisfy(keeps)
        case .object(let object): object.members.allSatisfy { keeps($0.value) }
        }
    }

    private enum Step {
        case member(Text), element(Int)
    }

    /// How to come to the first number that does not keep to the profile, from that number outwards; nil: there is none.
    ///
    /// Steps are noted on the way back alone: text made for every element would cost the document's length times the path's,
    /// which one bad number would buy (S19).
    private static func wayToBreach(in json: JSONValue) -> [Step]? {
        switch json {
        case .null, .bool, .string: return nil
        case .integer, .double: return keeps(json) ? nil : []
        case .array(let items):
            for (index, item) in items.enumerated() {
                if let way = wayToBreach(in: item) { return way + [.element(index)] }
            }
        case .object(let object):
            for member in object.members {
                if let way = wayToBreach(in: member.value) { return way + [.member(member.name)] }
            }
        }
        return nil
    }
}
