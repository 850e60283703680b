import HTTPTypes

/// Every address of the people's plane. What is not here is not there.
///
/// The JSON calls are stable; the console's own script, the demo's approver and tests use them. All but the entrance need the
/// session cookie; all `POST`s need `Origin` to be the console's and `Content-Type: application/json`; refusals are
/// `application/problem+json`.
///
/// | call | body | answer |
/// | --- | --- | --- |
/// | `POST /api/enrolment/begin` | `{token}` | `{ceremony, options, statement, person: {id, name}}` |
/// | `POST /api/enrolment/finish` | `{token, ceremony, credential}` | `{person}` and the cookie |
/// | `POST /api/enrolment/link` | `{}` | `{enrolment_link?}`: for a further passkey of one's own, once it was confirmed |
/// | `POST /api/login/begin` | `{}` | `{ceremony, options, statement}` |
/// | `POST /api/login/finish` | `{ceremony, credential}` | `{person}` and the cookie |
/// | `POST /api/logout` | `{}` | `{}` and an expired cookie |
/// | `POST /api/votes/begin` | `{request, decision, criteria, rendering}` | `{ceremony, options, statement}` |
/// | `POST /api/votes/finish` | `{ceremony, credential}` | the request, as read back |
/// | `POST /api/policy/check` | `{source}` | `{digest?, problems, difference}`; it writes nothing |
/// | `POST /api/changes` | `{change}` | `{change, digest, status}` |
/// | `POST /api/changes/begin` | `{change, decision}` | `{ceremony, options, statement}` |
/// | `POST /api/changes/finish` | `{ceremony, credential}` | `{change, digest, status, enrolment_link?}` |
/// | `GET /api/inbox` | | `{requests: [request]}`, the nearest deadline first |
/// | `GET /api/requests/{id}` | | `request`: see `ConsoleJSON` |
/// | `GET /api/changes` | | `{changes: [{change, digest, status, content}]}` |
package enum ConsoleRoute: String, Sendable, CaseIterable, Hashable {
    case inbox = "GET /"
    case requests = "GET /requests"
    case request = "GET /requests/{id}"
    case agents = "GET /agents"
    case people = "GET /people"
    case tools = "GET /tools"
    case policy = "GET /policy"
    case changes = "GET /changes"
    case change = "GET /changes/{id}"
    case overview = "GET /overview"
    case signIn = "GET /sign-in"
    case enrol = "GET /enrol"
    case asset = "GET /assets/{hash}/{name}"
    case events = "GET /events"
    case requestEvents = "GET /requests/{id}/events"
    case readInbox = "GET /api/inbox"
    case readRequest = "GET /api/requests/{id}"
    case readChanges = "GET /api/changes"
    case beginEnrolment = "POST /api/enrolment/begin"
    case finishEnrolment = "POST /api/enrolment/finish"
    case takeEnrolmentLink = "POST /api/enrolment/link"
    case beginLogin = "POST /api/login/begin"
    case finishLogin = "POST /api/login/finish"
    case logout = "POST /api/logout"
    case beginVote = "POST /api/votes/begin"
    case castVote = "POST /api/votes/finish"
    case proposeChange = "POST /api/changes"
    case checkPolicy = "POST /api/policy/check"
    case beginConfirmation = "POST /api/changes/begin"
    case confirmChange = "POST /api/changes/finish"

    package var method: String { String(decoding: rawValue.utf8.prefix { $0 != UInt8(ascii: " ") }, as: UTF8.self) }

    /// The path, with `{…}` for what varies.
    package var pattern: String {
        String(decoding: rawValue.utf8.drop { $0 != UInt8(ascii: " ") }.dropFirst(), as: UTF8.self)
    }

    /// Answered without a session. This list is short and only shrinks: the entrance, and what browsers need to show it.
    package var isPublic: Bool {
        switch self {
        case .signIn, .enrol, .asset, .beginEnrolment, .finishEnrolment, .beginLogin, .finishLogin: true
        default: false
        }
    }

    /// Costs something before anything is proved: bounded by the address that asks.
    package var isEntrance: Bool {
        switch self {
        case .beginEnrolment, .finishEnrolment, .beginLogin, .finishLogin: true
        default: false
        }
    }

    /// Answered before the first administrator has enrolled.
    package var isForSetup: Bool {
        switch self {
        case .enrol, .asset, .beginEnrolment, .finishEnrolment: true
        default: false
        }
    }

    /// Answers with a page, so that refusals are pages as well.
    package var isPage: Bool {
        switch self {
        case .inbox, .requests, .request, .agents, .people, .tools, .policy, .changes, .change, .overview, .signIn,
            .enrol:
            true
        default: false
        }
    }

    package var changesSomething: Bool { method.utf8.elementsEqual("POST".utf8) }

    /// A route and what stood in its `{…}`, in order.
    struct Match {
        let route: ConsoleRoute
        let parts: [String]
    }

    /// The routes whose pattern is the path's; their methods may still differ from the call's.
    static func matches(path: String) -> [Match] {
        let parts = path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        return allCases.compactMap { route in
            let pattern = route.pattern.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
            guard pattern.count == parts.count else { return nil }
            var found: [String] = []
            for (expected, part) in zip(pattern, parts) {
                if expected.first == UInt8(ascii: "{") {
                    guard !part.isEmpty else { return nil }
                    found.append(String(decoding: part, as: UTF8.self))
                } else if !expected.elementsEqual(part) {
                    return nil
                }
            }
            return Match(route: route, parts: found)
        }
    }
}
