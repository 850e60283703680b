import CanonicalEncoding
import WireProtocol

/// The files that arguments name: the whole argument, or what follows the first `=` (`--file=x`) or a leading `@`.
struct NamedFiles {
    struct File: Hashable {
        /// Which element of `argv`.
        var argument: Int
        /// As it stands in the argument.
        var path: Text
        var digest: Digest
    }

    var argv: [Text]
    var directory: Text

    /// Those that exist now, with the digests of what they hold now.
    func current() -> [File] {
        var files: [File] = []
        for (index, argument) in argv.enumerated().dropFirst() {
            for path in candidates(argument) {
                let absolute: Text = path.utf8.first == UInt8(ascii: "/") ? path : "\(directory)/\(path)"
                guard let digest = FileDigest.ofFile(at: absolute) else { continue }
                files.append(File(argument: index, path: path, digest: digest))
            }
        }
        return files
    }

    private func candidates(_ argument: Text) -> [Text] {
        guard !argument.isEmpty, !argument.utf8.contains(0) else { return [] }
        var candidates = [argument]
        if let equals = argument.utf8.firstIndex(of: UInt8(ascii: "=")) {
            candidates += [Text(utf8: argument.utf8[argument.utf8.index(after: equals)...])].compactMap { $0 }
        }
        if argument.utf8.first == UInt8(ascii: "@") {
            candidates += [Text(utf8: argument.utf8.dropFirst())].compactMap { $0 }
        }
        return candidates.filter { !$0.isEmpty }
    }
}
