import CanonicalEncoding

/// S4: what can be called of a tool server is what it was seen to publish last, and nothing of one that is registered no more.
struct ServerCheck {
    var store: RecordedStore

    func run(_ findings: inout Findings) {
        for tool in store.serverTools {
            let name = "tool \(tool.server)___\(tool.name)"
            findings.expect(
                store.upstreams.contains(tool.server), "S4", name, "can be called, and its server is not registered")
            guard let seen = store.discovered.first(where: { $0.server == tool.server && $0.name == tool.name }) else {
                findings.broken("S4", name, "can be called, and its server never offered it")
                continue
            }
            findings.expect(
                seen.state == "offered" && seen.digest == tool.definition, "S4", name,
                "can be called, and was seen otherwise last")
        }
    }
}
