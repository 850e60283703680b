import Glibc

/// Takes a free port where a configuration says 0. The public URLs are part of what is signed, so that the port has to be
/// known before anything listens.
enum FreePort {
    /// Below the range from which the kernel gives ports to outgoing connections, so that none of them takes it meanwhile.
    private static let range = 20_000..<32_000

    static func find() -> Int? {
        for _ in 0..<200 {
            let port = Int.random(in: range)
            if isFree(port) { return port }
        }
        return nil
    }

    private static func isFree(_ port: Int) -> Bool {
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard socket >= 0 else { return false }
        defer { close(socket) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(port)).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }
}

extension ServerConfiguration {
    var takesFreePorts: Bool { [agents.listen, people.listen, local].contains { $0.port == 0 } }

    /// The same with every port 0 replaced by one that is free now.
    func withPorts() throws(ConfigurationProblem) -> ServerConfiguration {
        var copy = self
        copy.agents.listen = try Self.withPort(agents.listen)
        copy.people.listen = try Self.withPort(people.listen)
        copy.local = try Self.withPort(local)
        return copy
    }

    private static func withPort(_ address: ListenAddress) throws(ConfigurationProblem) -> ListenAddress {
        guard address.port == 0 else { return address }
        guard let port = FreePort.find() else {
            throw ConfigurationProblem("No free port was found.", hint: "Set the ports of the listeners.")
        }
        return ListenAddress(host: address.host, port: port)
    }
}
