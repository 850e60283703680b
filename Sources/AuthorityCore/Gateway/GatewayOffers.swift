package import CanonicalEncoding

/// What tool servers offer beside their tools, as discovery saw it last. Discovery keeps it.
package protocol GatewayOffers: Sendable {
    /// As the server published them; nothing for `tools`, which the store keeps.
    func offered(_ list: GatewayList, by server: Text) -> [JSONObject]
    /// Each time that a list may have changed, for one more listener.
    func changes() -> AsyncStream<GatewayListChange>
}
