package import CanonicalEncoding

/// One HTTP exchange, as the client sees it.
package struct TransportRequest: Sendable {
    package var method: String
    package var url: String
    /// Names in lower case.
    package var headers: [(name: String, value: String)]
    package var body: [UInt8]
    /// How long the whole exchange may take.
    package var timeout: Duration

    package init(
        method: String, url: String, headers: [(name: String, value: String)] = [], body: [UInt8] = [],
        timeout: Duration = .seconds(30)
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.timeout = timeout
    }
}

/// What came back: status, fields and the whole body.
package struct TransportResponse: Sendable {
    package var status: Int
    /// Names in lower case.
    package var headers: [(name: String, value: String)]
    package var body: [UInt8]

    package init(status: Int, headers: [(name: String, value: String)] = [], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// The first field of that name, which is given in lower case.
    package subscript(name: String) -> Text? {
        headers.first { $0.name.utf8.elementsEqual(name.utf8) }.map { Text($0.value) }
    }
}

/// Carries exchanges. Follows no redirect and repeats nothing by itself.
package protocol HTTPTransport: Sendable {
    /// - Throws: whatever went wrong below HTTP: the exchange may or may not have happened.
    func exchange(_ request: TransportRequest) async throws -> TransportResponse
}
