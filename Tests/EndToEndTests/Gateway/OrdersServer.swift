import CanonicalEncoding
import DomainModel
import Foundation
import GRDB
import Glibc

/// The tool server of `examples/orders-server` over HTTP, with its database, on a port that stays the same when it is started again.
final class OrdersServer: Sendable {
    let database: String
    let port: UInt16
    private let script: String
    private let process: Process

    /// A new one.
    convenience init(in folder: String) throws {
        try self.init(
            database: "\(folder)/orders.db", port: try Self.freePort(), script: GatewayPython.ordersServer)
    }

    private init(database: String, port: UInt16, script: String) throws {
        (self.database, self.port, self.script) = (database, port, script)
        process = Process()
        process.executableURL = URL(filePath: GatewayPython.interpreter)
        process.arguments = ["-B", script, database, "--http", "\(port)"]
        process.environment = ["PATH": "/usr/bin:/bin"]
        process.standardError = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        try process.run()
    }

    /// The same, started again; with another description of `delete_orders` where one is given.
    func restarted(describing description: String? = nil) throws -> OrdersServer {
        end()
        guard let description else { return try OrdersServer(database: database, port: port, script: script) }
        let own = "Deletes the orders of this status for good; says how many there were."
        let changed = try String(contentsOfFile: script, encoding: .utf8).replacing(own, with: description)
        let copy = "\(database).changed.py"
        try changed.write(toFile: copy, atomically: true, encoding: .utf8)
        return try OrdersServer(database: database, port: port, script: copy)
    }

    /// At once, and returns when it is gone.
    func end() {
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        process.waitUntilExit()
    }

    /// How many orders have that status, read past the server.
    func count(_ status: String) throws -> Int {
        let queue = try DatabaseQueue(path: database)
        defer { try? queue.close() }
        return try queue.read {
            try Int.fetchOne($0, sql: "SELECT count(*) FROM orders WHERE status = ?", arguments: [status]) ?? -1
        }
    }

    /// A change behind everybody's back.
    func execute(_ sql: String) throws {
        let queue = try DatabaseQueue(path: database)
        defer { try? queue.close() }
        try queue.write { try $0.execute(sql: sql) }
    }

    func registration(holdSeconds: Int64) -> UpstreamServer {
        UpstreamServer(
            name: "orders", transport: .http(.init(url: Text("http://127.0.0.1:\(port)/mcp"))),
            target: Target(
                name: "shop", resource: ResourceReference(type: "Database", id: "shop/orders"), environment: "test"),
            limits: .init(holdSeconds: holdSeconds))
    }

    private struct NoPort: Error {}

    private static func freePort() throws -> UInt16 {
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(socket) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(socket, $0, length) == 0 && getsockname(socket, $0, &length) == 0
            }
        }
        guard isBound else { throw NoPort() }
        return UInt16(bigEndian: address.sin_port)
    }
}
