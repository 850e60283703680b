import Glibc
import NIOCore

extension ServerConfiguration {
    /// Refuses an address that cannot be listened at, before anything is made or started.
    ///
    /// Somebody may take the address between this look and its use; then the listener's own error says so.
    func checkAddresses() throws(ConfigurationProblem) {
        try Self.check(agents.listen, .agentsListen)
        try Self.check(people.listen, .peopleListen)
        try Self.check(local, .localListen)
    }

    private static func check(_ address: ListenAddress, _ key: Key) throws(ConfigurationProblem) {
        guard address.port != 0 else { return }
        guard let resolved = try? SocketAddress.makeAddressResolvingHost(address.bindHost, port: address.port) else {
            throw ConfigurationProblem(
                "\(key.rawValue) is \(address), and this host does not know that name.",
                hint: "Name an address of this host in \(key.rawValue) (\(key.variable)).")
        }
        let code = resolved.withSockAddr { bindingFails($0, socklen_t($1)) }
        guard let code else { return }
        let reason = code == EADDRINUSE ? "another program listens there" : String(cString: strerror(code))
        throw ConfigurationProblem(
            "The server cannot listen at \(address): \(reason).",
            hint: "End that program, or set \(key.rawValue) (\(key.variable)) to another address.")
    }

    /// The `errno` of a listener there; nil: it would work.
    private static func bindingFails(_ address: UnsafePointer<sockaddr>, _ length: socklen_t) -> Int32? {
        let socket = Glibc.socket(Int32(address.pointee.sa_family), Int32(SOCK_STREAM.rawValue), 0)
        guard socket >= 0 else { return errno }
        defer { close(socket) }
        // As the listener itself does: a connection that lingers from before is no reason.
        var on: Int32 = 1
        setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
        return bind(socket, address, length) == 0 ? nil : errno
    }
}
