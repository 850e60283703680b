import APIClient
import CanonicalEncoding
import Glibc

/// One HTTP call on a connection of its own, sent except for its last byte: whoever releases several of them makes them
/// arrive together, with no connection, no signature and no parsing left to do in between.
struct HeldCall: Sendable {
    enum Failure: Error { case notConnected(Int32), notSent, noAnswer, notHTTP }

    private let socket: Int32
    private let lastByte: UInt8

    /// Connects to the host and port of the call's URL, which is one of the loopback interface.
    init(_ call: TransportRequest) throws {
        let parts = call.url.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: true)
        let authority = parts.count > 1 ? String(parts[1]) : ""
        let path = parts.count > 2 ? "/\(parts[2])" : "/"
        var head = "\(call.method) \(path) HTTP/1.1\r\nhost: \(authority)\r\nconnection: close\r\n"
        for (name, value) in call.headers { head += "\(name): \(value)\r\n" }
        if call.method.utf8.elementsEqual("POST".utf8) { head += "content-length: \(call.body.count)\r\n" }
        let bytes = Array("\(head)\r\n".utf8) + call.body
        let port = authority.split(separator: ":").last.flatMap { UInt16($0) } ?? 0
        socket = try Self.connected(to: port)
        lastByte = bytes[bytes.count - 1]
        guard Self.send(Array(bytes.dropLast()), on: socket) else {
            close(socket)
            throw Failure.notSent
        }
    }

    /// Releases all of them, one right after another, and reads what each is answered.
    static func release(_ calls: [HeldCall]) throws -> [TransportResponse] {
        defer { for call in calls { close(call.socket) } }
        for call in calls {
            guard send([call.lastByte], on: call.socket) else { throw Failure.notSent }
        }
        return try calls.map { try $0.answer() }
    }

    private static func connected(to port: UInt16) throws -> Int32 {
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard socket >= 0 else { throw Failure.notConnected(errno) }
        var one: Int32 = 1
        setsockopt(socket, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
        // A server that does not answer fails the round, and does not hang the run.
        var limit = timeval(tv_sec: 60, tv_usec: 0)
        setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port.bigEndian)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else {
            let reason = errno
            close(socket)
            throw Failure.notConnected(reason)
        }
        return socket
    }

    private static func send(_ bytes: [UInt8], on socket: Int32) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }

    /// Until the server closes, as it was asked to.
    private func answer() throws -> TransportResponse {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = recv(socket, &buffer, buffer.count, 0)
            guard count >= 0 else { throw Failure.noAnswer }
            if count == 0 { break }
            bytes += buffer[..<count]
        }
        return try Self.response(bytes)
    }

    /// A status line, fields, and a body of a known length; nothing of ours comes in chunks.
    private static func response(_ bytes: [UInt8]) throws -> TransportResponse {
        let end = Array("\r\n\r\n".utf8)
        guard let split = bytes.indices.first(where: { bytes[$0...].starts(with: end) }) else { throw Failure.notHTTP }
        let lines = String(decoding: bytes[..<split], as: UTF8.self).split(separator: "\r\n")
        guard let status = lines.first?.split(separator: " ").dropFirst().first.flatMap({ Int($0) }) else {
            throw Failure.notHTTP
        }
        let headers = lines.dropFirst().compactMap { line -> (name: String, value: String)? in
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2 else { return nil }
            return (parts[0].lowercased(), String(parts[1].drop { $0 == " " }))
        }
        return TransportResponse(status: status, headers: headers, body: Array(bytes[(split + end.count)...]))
    }
}

extension TransportResponse {
    var json: JSONValue { (try? JSONReader.read(body)) ?? .null }
    /// The code of a refusal, or what was answered instead.
    var code: String { json["code"]?.stringValue ?? json["error"]?.stringValue ?? "\(status)" }
}
