import Foundation

extension Connection {
    /// A port of this machine that nobody has.
    static func freePort() throws -> Int {
        let file = try listen(port: 0)
        defer { Glibc.close(file) }
        var address = sockaddr_in()
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(file, $0, &size) }
        }
        guard result == 0 else { throw BenchError("no port is free") }
        return Int(in_port_t(bigEndian: address.sin_port))
    }

    static func listen(port: Int) throws -> Int32 {
        let file = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var isReused: Int32 = 1
        setsockopt(file, SOL_SOCKET, SO_REUSEADDR, &isReused, socklen_t(MemoryLayout<Int32>.size))
        guard file >= 0, withAddress(port, { bind(file, $0, $1) }) == 0, Glibc.listen(file, 1024) == 0 else {
            throw BenchError("port \(port) cannot be listened at")
        }
        return file
    }

    static func withAddress(_ port: Int, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(port)).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }

    static func sendAtOnce(_ file: Int32) {
        var isOn: Int32 = 1
        setsockopt(file, Int32(IPPROTO_TCP), TCP_NODELAY, &isOn, socklen_t(MemoryLayout<Int32>.size))
    }

    /// Raises this process's limit of open files, as far as it goes.
    static func allow(_ count: Int) throws {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(7), &limit)
        limit.rlim_cur = min(limit.rlim_max, 20_000)
        guard setrlimit(__rlimit_resource_t(7), &limit) == 0, Int(limit.rlim_cur) >= count + 500 else {
            throw BenchError("\(count) connections need `ulimit -n 20000`")
        }
    }
}
