import CanonicalEncoding
import Foundation

/// One TCP connection to a port of this machine, spoken to in plain HTTP/1.1: the client must cost less than the server.
struct Connection {
    /// Where a plane listens, and the name that it answers to.
    struct Place {
        let port: Int
        var host: String { "\(name):\(port)" }
        private let name: String

        init(_ name: String, _ port: Int) {
            self.name = name
            self.port = port
        }
    }

    let file: Int32

    init(port: Int) throws {
        file = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        let result = Self.withAddress(port) { connect(file, $0, $1) }
        guard file >= 0, result == 0 else {
            if file >= 0 { Glibc.close(file) }
            throw BenchError("nothing answers on port \(port)")
        }
        Self.sendAtOnce(file)
    }

    func close() { Glibc.close(file) }

    func send(_ text: String) throws { try send(Array(text.utf8)) }

    func send(_ bytes: [UInt8]) throws {
        guard write(file, bytes, bytes.count) == bytes.count else { throw BenchError("a connection was lost") }
    }

    /// What has come; nil at the end of the stream.
    func receive() -> String? {
        var bytes = [UInt8](repeating: 0, count: 16_384)
        let count = read(file, &bytes, bytes.count)
        return count > 0 ? String(decoding: bytes[..<count], as: UTF8.self) : nil
    }

    /// One call on a connection of its own: status, header fields and body as one text.
    static func exchange(
        _ method: String, _ path: String, at place: Place, fields: [String] = [], body: String = ""
    ) throws -> String {
        let connection = try Connection(port: place.port)
        defer { connection.close() }
        try connection.send(
            message(method, path, host: place.host, fields: fields + ["Connection: close"], body: body))
        var answer = ""
        while let part = connection.receive() { answer += part }
        return answer
    }

    static func message(
        _ method: String, _ path: String, host: String, fields: [String], body: String = ""
    ) -> String {
        let lines =
            ["\(method) \(path) HTTP/1.1", "Host: \(host)"] + fields
            + (method == "POST" ? ["Content-Length: \(body.utf8.count)"] : [])
        return lines.joined(separator: "\r\n") + "\r\n\r\n" + body
    }

    /// A header field of an answer.
    static func field(_ name: String, of answer: String) -> String? {
        let line = answer.split(separator: "\r\n").first { $0.lowercased().hasPrefix("\(name):") }
        return line.map { String($0.dropFirst(name.count + 1)).trimmingCharacters(in: .whitespaces) }
    }

    static func json(of answer: String) throws -> JSONValue {
        let start = answer.firstRange(of: "\r\n\r\n")?.upperBound ?? answer.endIndex
        guard let json = try? JSONReader.read(String(answer[start...])) else {
            throw BenchError("no JSON: \(answer.prefix(200))")
        }
        return json
    }
}
