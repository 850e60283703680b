import CanonicalEncoding
import DomainModel

/// What surrounds every page: title, navigation, who is signed in, and where the assets are.
struct PageFrame: Sendable {
    struct Assets: Sendable {
        let style: String
        let script: String
        let icon: String
    }

    struct Place: Sendable {
        let href: String
        let label: String
        let isHere: Bool
    }

    let title: String
    let assets: Assets
    /// The name of who is signed in; nil on the entrance.
    let viewer: String?
    let places: [Place]
    /// Where this page hears that it changed.
    let events: String?
    /// The origin, shown so that people learn what it looks like.
    let origin: String?
}

/// The root of a template's context.
struct Screen<Page: Sendable>: Sendable {
    let frame: PageFrame
    let page: Page
}

/// A word with a tone; the word carries the meaning, the tone only repeats it.
struct Tag: Sendable {
    enum Tone: String { case plain = "", live, good, care, stop }

    let text: String
    let tone: String

    init(_ text: String, _ tone: Tone = .plain) {
        self.text = text
        self.tone = tone.rawValue
    }
}

/// A remark at the top of a page.
struct Notice: Sendable {
    let text: String
    let tone: String
    let href: String?
    let link: String?

    init(_ text: String, _ tone: Tag.Tone, href: String? = nil, link: String? = nil) {
        self.text = text
        self.tone = tone.rawValue
        self.href = href
        self.link = link
    }
}

/// The places of the console, in the order of the navigation.
package enum ConsolePlace: String, Sendable, CaseIterable {
    case inbox, requests, agents, people, tools, policy, changes, overview

    var path: String { self == .inbox ? "/" : "/\(rawValue)" }

    var label: String {
        switch self {
        case .inbox: "Inbox"
        case .requests: "Requests"
        case .agents: "Agents"
        case .people: "People"
        case .tools: "Tools"
        case .policy: "Policy"
        case .changes: "Changes"
        case .overview: "Overview"
        }
    }
}
