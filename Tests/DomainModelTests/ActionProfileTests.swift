import CanonicalEncoding
import DomainModel
import Testing

@Suite struct ActionProfileTests {
    private static func breach(_ json: JSONValue) -> MemberError? {
        do {
            try ActionProfile.check(json, path: "action")
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: [
        (#"{"a": [0, {"b": 1.5}]}"#, "action.a[1].b"), (#"[[], [9007199254740992]]"#, "action[1][0]"),
        (#"{"a": -9007199254740992, "b": 0.5}"#, "action.a"), ("1.5", "action"),
    ])
    func `the first number outside the profile is named by its place`(document: String, place: String) throws {
        let error = Self.breach(try JSONReader.read(Array(document.utf8)))
        #expect(error == MemberError(code: .numberOutOfProfile, path: Text(place)))
    }

    @Test(arguments: ["9007199254740991", "-9007199254740991", #"{"a": ["1.5", null, true, []]}"#])
    func `whole numbers that every reader keeps exact are taken`(document: String) throws {
        #expect(Self.breach(try JSONReader.read(Array(document.utf8))) == nil)
    }

    /// Path text for each element would copy 500 GB here; without it this is one walk over the document.
    @Test(.timeLimit(.minutes(1)))
    func `a bad number behind many elements under a long name costs one walk`() {
        let name = Text(String(repeating: "n", count: 1 << 20))
        let items = [JSONValue](repeating: .integer(0), count: 500_000) + [.double(1.5)]
        var object = JSONObject()
        object[name] = .array(items)
        let error = Self.breach(.object(object))
        #expect(error?.code == .numberOutOfProfile)
        #expect(error?.path.string.hasSuffix("…[500000]") == true)
        #expect((error?.path.utf8.count ?? 0) < 128)
    }
}
