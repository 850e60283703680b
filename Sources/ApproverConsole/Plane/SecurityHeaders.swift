import HTTPTypes
import Hummingbird

/// The headers of every answer of the people's plane, refusals included.
struct SecurityHeaders: Sendable {
    /// Sends HSTS.
    let isSecure: Bool

    /// One script, one style sheet, one icon, all ours; no inline code, no frame, no string that becomes markup.
    static let contentSecurityPolicy = [
        "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self'", "connect-src 'self'",
        "form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'", "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    ].joined(separator: "; ")

    static let permissionsPolicy = [
        "publickey-credentials-get=(self)", "publickey-credentials-create=(self)", "accelerometer=()", "autoplay=()",
        "camera=()", "clipboard-read=()", "display-capture=()", "encrypted-media=()", "fullscreen=()", "geolocation=()",
        "gyroscope=()", "hid=()", "idle-detection=()", "magnetometer=()", "microphone=()", "midi=()", "payment=()",
        "picture-in-picture=()", "screen-wake-lock=()", "serial=()", "usb=()", "web-share=()", "xr-spatial-tracking=()",
    ].joined(separator: ", ")

    func add(to response: inout Response, requestID: String) {
        if !response.headers.contains(.cacheControl) { response.headers[.cacheControl] = "no-store" }
        response.headers[.contentSecurityPolicy] = Self.contentSecurityPolicy
        response.headers[.permissionsPolicy] = Self.permissionsPolicy
        response.headers[.xContentTypeOptions] = "nosniff"
        response.headers[.referrerPolicy] = "no-referrer"
        response.headers[.openerPolicy] = "same-origin"
        response.headers[.resourcePolicy] = "same-origin"
        response.headers[.embedderPolicy] = "require-corp"
        response.headers[.frameOptions] = "DENY"
        response.headers[.requestID] = requestID
        if isSecure { response.headers[.strictTransportSecurity] = "max-age=63072000; includeSubDomains" }
    }
}
