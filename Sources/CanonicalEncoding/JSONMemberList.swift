/// The members of one object while it is read; finds a name that stands twice.
struct JSONMemberList {
    private(set) var object = JSONObject()
    /// Of the names so far, while they are few: names with different fingerprints are different, which is cheaper to see than
    /// in their bytes.
    private var fingerprints = InlineArray<16, UInt64>(repeating: 0)

    /// False when the name is taken. Otherwise `append` has to follow.
    @inline(__always)
    mutating func admit(_ name: Text) -> Bool {
        let count = object.count
        guard count <= fingerprints.count else { return object.position(of: name) == nil }
        let fingerprint = name.withBytes { ByteScan.prefix(of: $0) ^ UInt64($0.count) }
        for index in 0..<count where fingerprints[index] == fingerprint && object.members[index].name == name {
            return false
        }
        if count < fingerprints.count { fingerprints[count] = fingerprint }
        return true
    }

    @inline(__always)
    mutating func append(_ name: Text, _ value: JSONValue) {
        object.appendNew(JSONObject.Member(name: name, value: value))
    }
}
