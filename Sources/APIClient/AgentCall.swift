import CanonicalEncoding
package import WireProtocol

/// One call before it is made: what every attempt of it has in common.
struct AgentCall: Sendable {
    var route: AgentRoute
    var path: String
    var query = ""
    /// Beside the proof and the token.
    var headers: [(name: String, value: String)] = []
    /// Without it the call is made as by a client that has no proof to show: to get a bearer token.
    var provesPossession = true
    /// Made for each attempt.
    var body: @Sendable () throws -> [UInt8] = { [] }
    /// How long one attempt may take.
    var timeout: Duration = .seconds(30)
    /// How long to repeat; nil leaves it to the client.
    var patience: Duration?

    init(_ route: AgentRoute, id: String = "") {
        self.route = route
        path = route.path(id: id)
    }

    /// A JSON body, the same bytes in each attempt.
    mutating func setJSON(_ json: JSONValue) {
        let bytes = CanonicalJSON.encode(json)
        headers.append(("content-type", "application/json"))
        body = { bytes }
    }
}

/// Why an attempt gave no answer, and what follows from it.
enum CallFailure: Error {
    /// Nothing will change it.
    case final(ClientError)
    /// A nonce or token has to be renewed first: at once.
    case staleCredential(ProblemDocument)
    /// The next attempt may succeed.
    case worthRepeating(ClientError, after: Duration)
}

/// `application/x-www-form-urlencoded`: everything but letters and digits is escaped.
enum FormWriter {
    static func bytes(_ fields: [(Text, Text)]) -> [UInt8] {
        Array(fields.map { "\(escaped($0.0))=\(escaped($0.1))" }.joined(separator: "&").utf8)
    }

    static func escaped(_ text: Text) -> String {
        var escaped = ""
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E:
                escaped.unicodeScalars.append(Unicode.Scalar(byte))
            default: escaped += "%" + Hex.encode([byte]).uppercased()
            }
        }
        return escaped
    }
}

extension Duration {
    /// Rounded down.
    var wholeMilliseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds.multipliedReportingOverflow(by: 1000).partialValue &+ attoseconds / 1_000_000_000_000_000
    }
}

extension ProblemDocument {
    /// A problem document, or OAuth's form of one with our code in it.
    package init?(response: TransportResponse) {
        guard let json = try? JSONReader.read(response.body) else { return nil }
        if let problem = ProblemDocument(json: json), json["error"] == nil {
            self = problem
            return
        }
        guard let word = json["error"]?.stringValue else { return nil }
        let code = json["code"]?.stringValue.flatMap(ProblemCode.init(rawValue:)) ?? ProblemCode(rawValue: word)
        guard let code else { return nil }
        self.init(code: code, detail: json["error_description"]?.textValue ?? Text(code.title))
    }
}
