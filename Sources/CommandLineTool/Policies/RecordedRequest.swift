import ApprovalPolicy
import CanonicalEncoding

/// One line of a file of recorded requests.
struct RecordedRequest {
    let name: Text
    let facts: PolicyFacts
    /// What was answered then; nil where the line does not say.
    let answer: PolicyScenario.Answer?

    static func read(_ file: String) throws(CommandFailure) -> [RecordedRequest] {
        var requests: [RecordedRequest] = []
        for (index, line) in try InputFile(file).bytes().split(separator: 0x0A).enumerated() {
            let place = "\(file), request \(index + 1)"
            guard let json = try? JSONReader.read(Array(line)) else {
                throw CommandFailure("\(place) is no JSON.", hint: "A request is one line.")
            }
            do throws(MemberError) {
                requests.append(try RecordedRequest(json, default: "request \(index + 1)"))
            } catch {
                throw PolicyFailureText.failure(error, in: place)
            }
        }
        return requests
    }

    private init(_ json: JSONValue, default name: Text) throws(MemberError) {
        var reader = try MemberReader(json)
        self.name = try reader.optionalText("request") ?? name
        if var recorded = try reader.optionalReader("recorded") {
            answer = try PolicyScenario.Answer(&recorded)
            try recorded.finish()
        } else {
            answer = nil
        }
        facts = try PolicyFacts(&reader)
        try reader.finish()
    }
}
