package import CanonicalEncoding

/// What an installation can choose. Times are in seconds.
package struct AuthoritySettings: Sendable {
    /// The agents' plane's public base URL without a trailing slash: issuer of tokens and origin of every `htu`.
    package var issuer: Text
    /// The people's plane's origin, as browsers report it.
    package var consoleOrigin: Text
    /// WebAuthn's RP id: the host of `consoleOrigin`, or a parent domain of it.
    package var rpID: Text
    package var rpName: Text
    /// How long an action token lives; 300 at most.
    package var tokenSeconds: Int64 = 60
    /// How long an agent's access token lives; 600 at most.
    package var accessTokenSeconds: Int64 = 600
    /// How long what policy allows at once may wait for its execution.
    package var approvedSeconds: Int64 = 600
    package var ceremonySeconds: Int64 = 300
    package var sessionSeconds: Int64 = 28_800
    /// How long the first administrator has to enrol.
    package var firstEnrolmentSeconds: Int64 = 900
    /// How long somebody whom an administrator added has to enrol.
    package var enrolmentSeconds: Int64 = 86_400
    package var changeSeconds: Int64 = 86_400

    package init(issuer: Text, consoleOrigin: Text, rpID: Text, rpName: Text = "Countersign") {
        self.issuer = issuer
        self.consoleOrigin = consoleOrigin
        self.rpID = rpID
        self.rpName = rpName
    }

    /// Where executors claim: the `htu` of an agent's proof for one.
    package var claimsURL: Text { "\(issuer)/v1/claims" }
    package var tokenURL: Text { "\(issuer)/oauth/token" }

    package func consoleURL(_ path: Text) -> Text { "\(consoleOrigin)\(path)" }
}
