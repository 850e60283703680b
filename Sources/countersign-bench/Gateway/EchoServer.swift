import Foundation

/// The echo tool over Streamable HTTP, on bare sockets and one thread.
struct EchoServer {
    private var files: [pollfd]
    private var arriving: [ArrivingMessage]
    private var scratch = [UInt8](repeating: 0, count: 65_536)

    /// `POST` is a message; there is no stream to follow, and a session that is ended is gone.
    static func serve(port: Int) throws {
        var server = EchoServer(listener: try Connection.listen(port: port))
        while true { try server.turn() }
    }

    private init(listener: Int32) {
        files = [pollfd(fd: listener, events: Int16(POLLIN), revents: 0)]
        arriving = [ArrivingMessage()]
    }

    private mutating func turn() throws {
        guard poll(&files, nfds_t(files.count), -1) > 0 else { throw BenchError("the echo server cannot wait") }
        for index in files.indices.dropFirst().reversed() where files[index].revents != 0 {
            guard !serve(index) else { continue }
            close(files[index].fd)
            files.remove(at: index)
            arriving.remove(at: index)
        }
        guard files[0].revents != 0 else { return }
        let file = accept(files[0].fd, nil, nil)
        guard file >= 0 else { return }
        Connection.sendAtOnce(file)
        files.append(pollfd(fd: file, events: Int16(POLLIN), revents: 0))
        arriving.append(ArrivingMessage())
    }

    /// False: the client is gone.
    private mutating func serve(_ index: Int) -> Bool {
        let count = read(files[index].fd, &scratch, scratch.count)
        guard count > 0 else { return false }
        arriving[index].take(scratch[..<count])
        guard arriving[index].isComplete else { return true }
        let answer = Self.answer(to: arriving[index])
        arriving[index].clear()
        return write(files[index].fd, answer, answer.count) == answer.count
    }

    private static func answer(to message: ArrivingMessage) -> [UInt8] {
        if message.begins(with: "GET") { return Array("HTTP/1.1 405 No\r\nContent-Length: 0\r\n\r\n".utf8) }
        guard message.begins(with: "POST") else { return Array("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".utf8) }
        guard let body = EchoTool.answer(to: message.body) else {
            return Array("HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n".utf8)
        }
        let head =
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nMcp-Session-Id: the-only-one\r\n"
            + "Content-Length: \(body.count)\r\n\r\n"
        return Array(head.utf8) + body
    }
}
