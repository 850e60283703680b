package import AuthorityCore
package import CanonicalEncoding
import HTTPTypes
package import Hummingbird
import NIOCore
import WireProtocol

/// Takes from an HTTP request what a call needs, strictly: what nobody reads is refused.
package struct CallReader: Sendable {
    /// 1 MiB for a body (`authority.md`, "Action and digest").
    static let bodyLimit = JSONLimits.standard.bytes

    let request: Request
    /// The query parameters that the call reads.
    let queryParameters: [String]

    package init(request: Request, queryParameters: [String] = []) {
        self.request = request
        self.queryParameters = queryParameters
    }

    /// The credential's fields, byte for byte, and our own idea of the address.
    package func call(issuer: Text) -> HTTPCall {
        HTTPCall(
            method: Text(request.method.rawValue), url: Text(issuer.string + request.uri.path),
            authorization: request.headers[values: .authorization].map { Text($0) },
            dpop: request.headers[values: .dpop].map { Text($0) })
    }

    /// One field of 1 to 255 visible ASCII characters, or none.
    func idempotencyKey() throws(AuthorityError) -> Text? {
        let values = request.headers[values: .idempotencyKey]
        guard let value = values.first else { return nil }
        guard values.count == 1, (1...255).contains(value.utf8.count),
            value.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else {
            throw AuthorityError(
                .idempotencyKeyInvalid, "The Idempotency-Key is not 1 to 255 visible ASCII characters.")
        }
        return Text(value)
    }

    /// Refuses every query parameter but those that the route reads, and one that occurs twice.
    package func query() throws(AuthorityError) -> [(name: Text, value: Text)] {
        guard let query = request.uri.query, !query.isEmpty else { return [] }
        let fields = try FormReader.fields(query.utf8)
        for (name, _) in fields where !queryParameters.contains(where: { name == Text($0) }) {
            throw AuthorityError(.unknownParameter, "`\(name)` is not a parameter of this call.")
        }
        return fields
    }

    /// `wait=` whole seconds, 0 to 60; `If-None-Match` says which revision is no news.
    func wait() throws(AuthorityError) -> RequestWait {
        var wait = RequestWait()
        for (_, value) in try query() {
            guard let seconds = Self.decimal(value.string), seconds <= ReadRequest.greatestWait else {
                throw AuthorityError(.invalidParameter, "`wait` is a whole number of seconds, 0 to 60.")
            }
            wait.seconds = seconds
        }
        let tag = request.headers[values: .ifNoneMatch].first ?? ""
        if tag.utf8.count > 2, tag.utf8.first == UInt8(ascii: "\""), tag.utf8.last == UInt8(ascii: "\"") {
            wait.knownRevision = Self.decimal(String(tag.dropFirst().dropLast()))
        }
        return wait
    }

    /// The body as JSON, read by the strict reader.
    package func json() async throws(AuthorityError) -> JSONValue {
        try require(mediaType: "application/json")
        do {
            return try JSONReader.read(try await bytes())
        } catch let error as JSONReadingError {
            throw AuthorityError(error)
        } catch {
            throw error as? AuthorityError ?? AuthorityError(.internal, "The body could not be read.")
        }
    }

    /// The body as a form (RFC 6749, appendix B).
    func form() async throws(AuthorityError) -> [(Text, Text)] {
        try require(mediaType: "application/x-www-form-urlencoded")
        return try FormReader.fields(try await bytes()).map { ($0.name, $0.value) }
    }

    /// Refuses content where a call takes none; an empty object is none.
    package func nothing() async throws(AuthorityError) {
        let bytes = try await bytes()
        guard bytes.isEmpty || bytes.elementsEqual("{}".utf8) else {
            throw AuthorityError(.unexpectedBody, "This call takes no body.")
        }
    }

    private func bytes() async throws(AuthorityError) -> [UInt8] {
        let tooLarge = AuthorityError(.payloadTooLarge, "The body is larger than \(Self.bodyLimit) bytes.")
        if let length = request.headers[.contentLength].flatMap(Self.decimal), length > Int64(Self.bodyLimit) {
            throw tooLarge
        }
        do {
            var buffer = try await request.body.collect(upTo: Self.bodyLimit)
            return buffer.readBytes(length: buffer.readableBytes) ?? []
        } catch is NIOTooManyBytesError {
            throw tooLarge
        } catch let error as HTTPError where error.status == .contentTooLarge {
            throw tooLarge
        } catch {
            throw AuthorityError(.jsonUnexpectedEnd, "The body ended too early.", context: "\(error)")
        }
    }

    /// Parameters of a media type change nothing here but `charset`, which must be UTF-8 where it is given.
    private func require(mediaType: String) throws(AuthorityError) {
        let values = request.headers[values: .contentType]
        let parts = (values.first ?? "").utf8.split(separator: UInt8(ascii: ";")).map(Self.normalised)
        let isExpected = parts.first.map { $0.elementsEqual(mediaType.utf8) } ?? false
        let charset = parts.dropFirst().allSatisfy {
            $0.elementsEqual("charset=utf-8".utf8) || $0.elementsEqual("charset=\"utf-8\"".utf8)
        }
        guard values.count == 1, isExpected, charset else {
            throw AuthorityError(.unsupportedMediaType, "The body must be \(mediaType).")
        }
    }

    /// Without blanks at the ends, letters in lower case.
    private static func normalised(_ part: Substring.UTF8View) -> [UInt8] {
        let trimmed = part.drop { $0 == 0x20 || $0 == 0x09 }
        let end = trimmed.lastIndex { $0 != 0x20 && $0 != 0x09 }
        guard let end else { return [] }
        return trimmed[...end].map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
    }

    /// Digits alone, at most 18 of them.
    static func decimal(_ text: String) -> Int64? {
        guard (1...18).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            return nil
        }
        return Int64(text)
    }
}
