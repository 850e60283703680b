import CanonicalEncoding
import Testing

struct JSONObjectTests {
    @Test(arguments: [3, 16, 17, 300])
    func `members are set, replaced and removed by name`(count: Int) {
        var object = JSONObject()
        for index in 0..<count { object[Text("n\(index)")] = .integer(Int64(index)) }
        #expect(object.count == count)
        object["n1"] = "new"
        object["n0"] = nil
        object["absent"] = nil
        #expect(object.count == count - 1)
        #expect(object["n0"] == nil)
        #expect(object["n1"] == "new")
        #expect(object[Text("n\(count - 1)")] == .integer(Int64(count - 1)))
        object["n0"] = 7
        #expect(object["n0"] == 7)
        #expect(object.members.last?.name == "n0")
    }

    @Test func `two members of one name make no object`() {
        let member = JSONObject.Member(name: "a", value: 1)
        #expect(JSONObject(members: [member, member]) == nil)
        let many = (0..<40).map { JSONObject.Member(name: Text("n\($0)"), value: 1) }
        #expect(JSONObject(members: many)?.count == 40)
        #expect(JSONObject(members: many + [many[3]]) == nil)
    }

    @Test(arguments: [2, 40])
    func `equality and hash ignore the order of members and nothing else`(count: Int) {
        let members = (0..<count).map { JSONObject.Member(name: Text("n\($0)"), value: .integer(Int64($0))) }
        let (forward, backward) = (JSONObject(members: members), JSONObject(members: members.reversed()))
        #expect(forward == backward)
        #expect(forward.hashValue == backward.hashValue)
        var other = forward
        other?["n1"] = 99
        #expect(forward != other)
        other?["n1"] = nil
        #expect(forward != other)
        other?["x"] = 1
        #expect(forward != other)
    }

    @Test func `text is compared by bytes and never by canonical equivalence`() {
        #expect(Text("\u{E9}") != Text("e\u{301}"))
        #expect(Text("\u{212A}") != Text("K"))
        #expect(Set([Text("\u{E9}"), Text("e\u{301}"), Text("\u{E9}")]).count == 2)
        #expect(Text("a") < Text("b"))
        #expect(Text("a") < Text("aa"))
        #expect(Text("\u{FF5E}") < Text("\u{1F600}"))
        #expect(Text("") < Text("\u{0}"))
        #expect(!(Text("a") < Text("a")))
    }

    @Test func `bytes that are no UTF-8 make no text`() {
        #expect(Text(utf8: [0x61, 0xC3, 0xA9])?.string.utf8.count == 3)
        for bytes in JSONReaderRefusalTests.invalidUTF8 { #expect(Text(utf8: bytes) == nil) }
    }
}
