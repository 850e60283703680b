/// The page on which somebody signs in.
struct SignInPage: Sendable {
    /// A path of this console to go to afterwards.
    let next: String
}

/// The page that a one-time link opens. The link's secret stays in the fragment, which browsers send to nobody.
struct EnrolPage: Sendable {}

/// A page that says why there is no page.
struct ErrorPage: Sendable {
    struct Link: Sendable {
        let href: String
        let label: String
    }

    let status: Int
    let code: String
    let title: String
    let detail: String
    let hint: String?
    let link: Link?
    let requestID: String
}

/// Continues to a page of this console as a navigation of our own, so that the browser brings its cookie.
struct ContinuePage: Sendable {
    let path: String
}
