/// Why a member of a document was not taken.
package struct MemberError: Error, Hashable, Sendable {
    /// Stable words for the wire (`problem+json` codes).
    package enum Code: String, Sendable, CaseIterable {
        case missingMember = "missing_member"
        case unknownMember = "unknown_member"
        case wrongType = "wrong_type"
        case invalidValue = "invalid_value"
        /// A float, or an integer beyond ±(2⁵³−1), inside an action: it is to be sent as a string (`authority.md`).
        case numberOutOfProfile = "number_out_of_profile"
    }

    package var code: Code
    /// Where in the document, such as `action.tool.name` or `votes[2].decision`.
    package var path: Text

    package init(code: Code, path: Text) {
        self.code = code
        self.path = path
    }
}

/// Takes a JSON object apart, member by member; `finish` refuses what nobody took.
///
/// Absent and `null` are different: an optional member that is `null` has the wrong type.
package struct MemberReader {
    package let object: JSONObject
    /// The path of this object; empty at the top of a document.
    package let path: Text
    /// One for each member: whether somebody asked for it.
    private var isTaken: [Bool]

    package init(_ object: JSONObject, path: Text = "") {
        self.object = object
        self.path = path
        isTaken = Array(repeating: false, count: object.count)
    }

    /// Refuses a value that is not an object.
    package init(_ value: JSONValue, path: Text = "") throws(MemberError) {
        guard let object = value.objectValue else { throw MemberError(code: .wrongType, path: path) }
        self.init(object, path: path)
    }

    package mutating func required(_ name: Text) throws(MemberError) -> JSONValue {
        guard let value = optional(name) else { throw error(.missingMember, name) }
        return value
    }

    /// Nil where the member is absent; `null` is a value.
    package mutating func optional(_ name: Text) -> JSONValue? {
        guard let position = object.position(of: name) else { return nil }
        isTaken[position] = true
        return object.members[position].value
    }

    /// Call it last: it refuses a member that nobody took, because nothing from outside is ignored.
    package func finish() throws(MemberError) {
        guard let position = isTaken.firstIndex(of: false) else { return }
        throw error(.unknownMember, object.members[position].name)
    }

    /// An error about the member of that name, for checks that the caller makes itself.
    package func error(_ code: MemberError.Code, _ name: Text) -> MemberError {
        MemberError(code: code, path: path(of: name))
    }

    /// The path of the member of that name. A name longer than 64 bytes is cut, because names come from outside and errors go
    /// into logs.
    package func path(of name: Text) -> Text {
        var shown = name.string
        if name.utf8.count > 64 {
            shown = ""
            for scalar in name.string.unicodeScalars {
                guard shown.utf8.count + scalar.utf8.count <= 61 else { break }
                shown.unicodeScalars.append(scalar)
            }
            shown += "…"
        }
        return path.isEmpty ? Text(shown) : Text("\(path.string).\(shown)")
    }

    /// The path of an element of the array of that name.
    package func path(of name: Text, element index: Int) -> Text {
        Text("\(path(of: name).string)[\(index)]")
    }
}
