package import AuthorityCore
package import DomainModel
package import Logging

/// Everything that can be set about a server. Every setting has a default that is safe on one machine.
package struct ServerConfiguration: Sendable {
    /// One plane's listener, and the URL under which the outside world knows it.
    package struct Plane: Sendable, Hashable {
        package var listen: ListenAddress
        /// Configured, never taken from a header; without trailing slash. Nil: made from the address.
        package var publicURL: String?
        /// PEM files; nil: this plane speaks plain HTTP.
        package var certificate: Certificate?
        /// For calls that prove nothing before they cost something, by address.
        package var entranceLimit = RateLimit.entrance
        /// For calls of one agent, or one person.
        package var callerLimit = RateLimit.caller

        package init(listen: ListenAddress, publicURL: String? = nil, certificate: Certificate? = nil) {
            self.listen = listen
            self.publicURL = publicURL
            self.certificate = certificate
        }

        /// The public URL, or the one that the address implies.
        package var url: String {
            publicURL ?? "\(certificate == nil ? "http" : "https")://\(listen.host):\(listen.port)"
        }
    }

    /// A certificate chain and its key, each a PEM file.
    package struct Certificate: Sendable, Hashable {
        package var chainFile: String
        package var keyFile: String

        package init(chainFile: String, keyFile: String) {
            self.chainFile = chainFile
            self.keyFile = keyFile
        }
    }

    /// Who enrols with the link of the first start.
    package struct FirstAdministrator: Sendable, Hashable {
        package var person: PersonID
        /// Groups that policy may name: that person is their only member until others are enrolled.
        package var groups: [GroupID]

        package init(person: PersonID, groups: [GroupID]) {
            self.person = person
            self.groups = groups
        }
    }

    /// Absolute, or relative to the working directory. Made with mode 0700 when it does not exist.
    package var dataDirectory: String
    /// Remembers outside the data directory how far the store had come (invariant S14). Nil: `DIRECTORY.anchor`.
    package var anchorFile: String?
    package var firstAdministrator: FirstAdministrator
    package var agents: Plane
    package var people: Plane
    /// Health and metrics; keep it on the loopback interface.
    package var local: ListenAddress
    /// A Cedar policy set that is put in force at the first start; later ones are proposed and confirmed.
    package var policyFile: String?
    /// Tool servers behind the gateway, in the form that clients of the Model Context Protocol use.
    package var upstreamsFile: String?
    /// TLS ends at a proxy: plain HTTP is served although the public URLs say https.
    package var isBehindProxy: Bool
    /// Addresses of proxies whose `X-Forwarded-For` is believed, when `isBehindProxy`.
    package var proxyAddresses: [String]
    /// What a passkey prompt calls this installation.
    package var name: String
    package var logLevel: Logger.Level

    package init(dataDirectory: String, firstAdministrator: FirstAdministrator) {
        self.dataDirectory = dataDirectory
        self.firstAdministrator = firstAdministrator
        agents = Plane(listen: ListenAddress(host: "127.0.0.1", port: 7420))
        people = Plane(listen: ListenAddress(host: "localhost", port: 7421))
        local = ListenAddress(host: "127.0.0.1", port: 7422)
        isBehindProxy = false
        proxyAddresses = ["127.0.0.1", "::1"]
        name = "Countersign"
        logLevel = .info
    }

    /// Where data goes unless somebody says otherwise: `$XDG_STATE_HOME/countersign` or `~/.local/state/countersign`.
    package static func defaultDataDirectory(environment: [String: String]) -> String {
        if let state = environment["XDG_STATE_HOME"], state.hasPrefix("/") { return "\(state)/countersign" }
        if let home = environment["HOME"], home.hasPrefix("/") { return "\(home)/.local/state/countersign" }
        return "countersign-data"
    }
}

/// `host:port`; the host is a name, an IPv4 address or an IPv6 address in brackets. Port 0 takes a free one.
package struct ListenAddress: Sendable, Hashable, CustomStringConvertible {
    package var host: String
    package var port: Int

    package init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    package init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
            (0...65535).contains(port)
        else { return nil }
        let host = String(text[..<colon])
        let isBracketed = host.hasPrefix("[") && host.hasSuffix("]")
        guard !host.isEmpty, isBracketed || !host.contains(":") else { return nil }
        self.init(host: host, port: port)
    }

    package var description: String { "\(host):\(port)" }

    /// What is bound: `localhost` may resolve to several addresses, and the first may be one that nobody asks.
    var bindHost: String {
        if host == "localhost" { return "127.0.0.1" }
        return host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
    }

    var isLoopback: Bool { host == "localhost" || host.hasPrefix("127.") || host == "[::1]" }
}
