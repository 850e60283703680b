import CanonicalEncoding
import DemoScenario
import Foundation

/// The first administrator, enrolled over HTTP with the software authenticator, as a browser does it.
enum HTTPPerson {
    /// Returns the session's cookie.
    static func enrol(linkFile: String) throws -> String {
        let link = try String(contentsOfFile: linkFile, encoding: .utf8).trimmingCharacters(in: .whitespacesAndNewlines)
        guard let hash = link.firstIndex(of: "#") else { throw BenchError("the enrolment link has no token") }
        let token = JSONValue.string(Text(String(link[link.index(after: hash)...])))
        let begun = try post("/api/enrolment/begin", ["token": token]).json
        guard let ceremony = begun["ceremony"], let options = begun["options"] else {
            throw BenchError("no enrolment: \(CanonicalJSON.text(begun))")
        }
        var authenticator = SoftwareAuthenticator()
        let credential = try authenticator.create(options: options, origin: Text(origin))
        let finished = try post(
            "/api/enrolment/finish", ["token": token, "ceremony": ceremony, "credential": credential])
        guard let cookie = finished.cookie else {
            throw BenchError("no session: \(CanonicalJSON.text(finished.json))")
        }
        return cookie
    }

    private static var origin: String { "http://\(ServerProcess.console.host)" }

    private static func post(_ path: String, _ body: JSONValue) throws -> (json: JSONValue, cookie: String?) {
        let answer = try Connection.exchange(
            "POST", path, at: ServerProcess.console,
            fields: ["Origin: \(origin)", "Content-Type: application/json", "Accept: application/json"],
            body: CanonicalJSON.text(body))
        let cookie = Connection.field("set-cookie", of: answer).map { String($0.prefix { $0 != ";" }) }
        return (try Connection.json(of: answer), cookie)
    }
}
