package import CanonicalEncoding

/// Says what a name names.
package protocol NameKind {
    /// What people call it, for messages.
    static var noun: StaticString { get }
}

/// A name that people choose and that is never given twice: 1 to 64 of `a-z 0-9 -`, beginning with a letter.
package struct Name<Kind: NameKind>: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let text: Text

    package init?(_ text: Text) {
        guard (1...64).contains(text.utf8.count), let first = text.utf8.first,
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(first)
        else { return nil }
        let isSlug = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): true
            default: false
            }
        }
        guard isSlug else { return nil }
        self.text = text
    }

    fileprivate init(unchecked text: Text) { self.text = text }

    package static func < (left: Self, right: Self) -> Bool { left.text < right.text }
    package var description: String { text.string }
}

package enum AgentNameKind: NameKind { package static let noun: StaticString = "agent" }
package enum PersonNameKind: NameKind { package static let noun: StaticString = "person" }
package enum GroupNameKind: NameKind { package static let noun: StaticString = "group" }

/// An agent's name is also its OAuth `client_id`.
package typealias AgentID = Name<AgentNameKind>
package typealias PersonID = Name<PersonNameKind>
package typealias GroupID = Name<GroupNameKind>

extension Name<AgentNameKind> {
    /// The gateway itself, as the executor of the calls that it forwards: no agent is ever registered under it.
    package static var gateway: AgentID { AgentID(unchecked: "countersign-gateway") }
}
