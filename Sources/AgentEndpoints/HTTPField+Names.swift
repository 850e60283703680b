import HTTPTypes

/// Fields that HTTPTypes does not name; every spelling is a legal token, so none of them is ever nil.
extension HTTPField.Name {
    static let dpop = named("DPoP")
    static let dpopNonce = named("DPoP-Nonce")
    static let idempotencyKey = named("Idempotency-Key")
    static let requestID = named("X-Request-Id")
    static let secFetchMode = named("Sec-Fetch-Mode")

    private static func named(_ name: String) -> HTTPField.Name {
        HTTPField.Name(name) ?? .connection
    }
}
