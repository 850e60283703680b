import ArgumentParser
import CanonicalEncoding
import DomainModel

/// A name on the command line, of the kind that the verb wants.
struct NameArgument<Kind: NameKind>: ExpressibleByArgument, Sendable {
    var name: Name<Kind>

    init?(argument: String) {
        guard let name = Name<Kind>(Text(argument)) else { return nil }
        self.name = name
    }
}

/// `SERVER/NAME` on the command line.
struct ToolArgument: ExpressibleByArgument, Sendable {
    var reference: ToolReference

    init?(argument: String) {
        let sides = argument.utf8.split(separator: UInt8(ascii: "/"), maxSplits: 1, omittingEmptySubsequences: false)
        guard sides.count == 2, let server = Text(utf8: sides[0]), let name = Text(utf8: sides[1]) else { return nil }
        reference = ToolReference(server: server, name: name)
        guard reference.isWellFormed else { return nil }
    }
}

/// `person:NAME` or `agent:NAME` on the command line.
struct MemberArgument: ExpressibleByArgument, Sendable {
    var member: Membership.Member

    init?(argument: String) {
        guard let member = Membership.Member(key: Text(argument)) else { return nil }
        self.member = member
    }
}

/// `everything`, `agent:NAME` or `tool:SERVER/NAME` on the command line.
struct ScopeArgument: ExpressibleByArgument, Sendable {
    var scope: Freeze.Scope

    init?(argument: String) {
        if argument.hasPrefix("tool:"), let tool = ToolArgument(argument: String(argument.dropFirst(5))) {
            scope = .tool(tool.reference.qualifiedName)
        } else if !argument.hasPrefix("tool:"), let scope = Freeze.Scope(key: Text(argument)) {
            self.scope = scope
        } else {
            return nil
        }
    }
}

/// `NAME=TYPE:ID@ENVIRONMENT` on the command line. The environment follows the last `@`.
struct TargetArgument: ExpressibleByArgument, Sendable {
    var target: Target

    init?(argument: String) {
        let bytes = Array(argument.utf8)
        guard let equals = bytes.firstIndex(of: UInt8(ascii: "=")),
            let colon = bytes[equals...].firstIndex(of: UInt8(ascii: ":")),
            let at = bytes.lastIndex(of: UInt8(ascii: "@")), at > colon,
            let name = Text(utf8: bytes[..<equals]), let type = Text(utf8: bytes[bytes.index(after: equals)..<colon]),
            let id = Text(utf8: bytes[bytes.index(after: colon)..<at]),
            let environment = Text(utf8: bytes[bytes.index(after: at)...]),
            ![name, type, id, environment].contains("")
        else { return nil }
        target = Target(name: name, resource: ResourceReference(type: type, id: id), environment: environment)
    }
}

extension Role: ExpressibleByArgument {}
extension RegisteredTool.Kind: ExpressibleByArgument {
    /// What people can register: tools of a server register themselves.
    package static var allValueStrings: [String] { allCases.filter { $0 != .mcp }.map(\.rawValue) }
}

extension FactProvider.Kind: ExpressibleByArgument {}
