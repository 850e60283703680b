/// A public URL in the parts that matter here: no path, no query, no user.
struct PublicURL: Hashable {
    var scheme: String
    var host: String
    var port: Int?

    init?(_ text: String) {
        guard let scheme = ["https", "http"].first(where: { text.hasPrefix("\($0)://") }) else { return nil }
        self.scheme = scheme
        let rest = text.dropFirst(scheme.count + 3)
        guard !rest.isEmpty, !rest.contains(where: { "/?#@ ".contains($0) })
        else { return nil }
        if rest.hasPrefix("["), let end = rest.firstIndex(of: "]") {
            host = String(rest[...end])
            let after = rest[rest.index(after: end)...]
            guard after.isEmpty || (after.hasPrefix(":") && Int(after.dropFirst()) != nil) else { return nil }
            port = Int(after.dropFirst())
        } else {
            let parts = rest.split(separator: ":", omittingEmptySubsequences: false)
            guard let name = parts.first, !name.isEmpty, parts.count <= 2 else { return nil }
            host = name.lowercased()
            port = parts.count == 2 ? Int(parts[1]) : nil
            guard parts.count == 1 || port != nil else { return nil }
        }
    }
}

extension ServerConfiguration {
    /// Refuses a configuration under which the planes would not be apart, or passkeys would not work.
    package func check() throws(ConfigurationProblem) {
        let agentsURL = try Self.url(agents, .agentsURL)
        let peopleURL = try Self.url(people, .peopleURL)
        guard agentsURL.host != peopleURL.host else {
            throw ConfigurationProblem(
                "Both planes have the public host \(agentsURL.host), and cookies ignore ports.",
                hint:
                    "Give agents.url and people.url different host names, such as agents.example.org and console.example.org."
            )
        }
        guard peopleURL.scheme == "https" || peopleURL.host == "localhost" else {
            throw ConfigurationProblem(
                "people.url is \(people.url), and browsers offer passkeys over https or on localhost alone.",
                hint: "Set people.certificate and people.key, or behind.proxy with an https URL.")
        }
        guard peopleURL.host.contains(where: \.isLetter), !peopleURL.host.hasPrefix("[") else {
            throw ConfigurationProblem(
                "people.url names the address \(peopleURL.host), and a passkey belongs to a host name.",
                hint: "Use a host name in people.url; on one machine, http://localhost:7421.")
        }
        try checkTransport(agents, agentsURL, "agents")
        try checkTransport(people, peopleURL, "people")
        guard local.isLoopback else {
            throw ConfigurationProblem(
                "local.listen is \(local), and health and metrics are for this host alone.",
                hint: "Use 127.0.0.1:7422.")
        }
        let ports = [agents.listen, people.listen, local].filter { $0.port != 0 }.map(\.port)
        guard Set(ports).count == ports.count else {
            throw ConfigurationProblem(
                "Two listeners share a port.", hint: "Give agents, people and local a port each.")
        }
    }

    private static func url(_ plane: Plane, _ key: Key) throws(ConfigurationProblem) -> PublicURL {
        guard let url = PublicURL(plane.url) else {
            throw ConfigurationProblem(
                "\(key.rawValue) is \"\(plane.url)\".",
                hint: "Write scheme, host and port alone, such as https://console.example.org.")
        }
        return url
    }

    /// What leaves the host is encrypted: here, or by a proxy that is named as such.
    private func checkTransport(_ plane: Plane, _ url: PublicURL, _ name: String) throws(ConfigurationProblem) {
        if plane.certificate != nil, url.scheme != "https" {
            throw ConfigurationProblem(
                "\(name).certificate is set and \(name).url begins with http.",
                hint: "Let \(name).url begin with https.")
        }
        guard plane.certificate == nil, !isBehindProxy else { return }
        guard url.scheme == "http", plane.listen.isLoopback else {
            throw ConfigurationProblem(
                "The \(name)' plane would serve plain HTTP at \(plane.listen), and its URL is \(plane.url).",
                hint: "Set \(name).certificate and \(name).key, or behind.proxy where a proxy ends TLS.")
        }
    }
}
