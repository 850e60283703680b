package import CanonicalEncoding
import Glibc

/// Where the values of settings are found that stand in no registration.
package struct SettingSources: Sendable {
    /// A variable of the authority's own environment.
    package let variable: @Sendable (String) -> String?
    /// What the configuration holds for a server's setting.
    package let configured: @Sendable (_ server: Text, _ setting: Text) -> String?
    /// Folders of the authority itself: its keys must not be sent to anybody as a credential.
    private let own: [String]

    package init(
        variable: @escaping @Sendable (String) -> String?,
        configured: @escaping @Sendable (_ server: Text, _ setting: Text) -> String? = { _, _ in nil },
        own: [String] = []
    ) {
        self.variable = variable
        self.configured = configured
        self.own = own.compactMap(Self.resolved)
    }

    /// The first line of a file that may be read; nil where there is none.
    package func firstLine(of path: String) -> String? { ResolvedSetting.firstLine(of: path, from: self) }

    /// Links are followed first: a path is what it leads to.
    func mayRead(_ path: String) -> Bool {
        guard let path = Self.resolved(path) else { return true }
        return !own.contains { path == $0 || path.utf8.starts(with: "\($0)/".utf8) }
    }

    private static func resolved(_ path: String) -> String? {
        guard let real = realpath(path, nil) else { return nil }
        defer { free(real) }
        return String(cString: real)
    }
}
