internal import CanonicalEncoding
internal import ConsoleAssets
internal import Mustache

/// The console's files as they were linked into the program.
///
/// Style, script and icon are served under a path that holds their content's hash, so that they can be kept for ever and
/// what a browser runs can be compared with a build.
package struct LinkedAssets: Sendable {
    package struct File: Sendable {
        package let name: String
        package let bytes: [UInt8]
        package let mediaType: String
        /// `/assets/HASH/NAME`; the hash is the first 24 characters of the content's SHA-256 as lower-case hexadecimal.
        package let path: String
        /// A strong validator (RFC 9110, 8.8.3): the whole hash, in quotation marks.
        package let entityTag: String

        init(name: String, bytes: [UInt8], mediaType: String) {
            self.name = name
            self.bytes = bytes
            self.mediaType = mediaType
            let hash = Hex.encode(Digest(sha256: bytes).bytes)
            path = "/assets/\(hash.prefix(24))/\(name)"
            entityTag = "\"\(hash)\""
        }
    }

    /// What browsers fetch.
    package let files: [File]
    let templates: MustacheLibrary

    /// Throws when a template does not parse: a fault of this build, found when the plane is made.
    package init() throws {
        MustacheContentTypes.register(HTMLText(), named: HTMLText.name)
        var files: [File] = []
        var templates = MustacheLibrary()
        for (name, bytes) in Self.linked {
            if let template = Self.stem(of: name, before: ".mustache") {
                let text = String(decoding: bytes, as: UTF8.self)
                try templates.register(HTMLText.pragma + text, named: template)
            } else if let mediaType = Self.mediaType(of: name) {
                files.append(File(name: name, bytes: bytes, mediaType: mediaType))
            }
        }
        self.files = files
        self.templates = templates
    }

    /// The file at a path that a browser asked for; nil when the hash is not that of this build.
    package func file(at path: String) -> File? {
        files.first { $0.path.utf8.elementsEqual(path.utf8) }
    }

    func path(of name: StaticString) -> String {
        files.first { $0.name.utf8.elementsEqual(name.description.utf8) }?.path ?? "/assets/missing"
    }

    /// All linked files, templates included: name and bytes.
    static var linked: [(name: String, bytes: [UInt8])] {
        (0..<console_asset_count()).map { index in
            let asset = console_asset_at(index)
            let bytes = UnsafeBufferPointer(start: asset.bytes, count: Int(clamping: asset.length))
            return (String(cString: asset.name), Array(bytes))
        }
    }

    private static func stem(of name: String, before suffix: StaticString) -> String? {
        let ending = Array(suffix.description.utf8)
        guard name.utf8.count > ending.count, name.utf8.suffix(ending.count).elementsEqual(ending) else { return nil }
        return String(decoding: name.utf8.dropLast(ending.count), as: UTF8.self)
    }

    private static func mediaType(of name: String) -> String? {
        if stem(of: name, before: ".css") != nil { return "text/css; charset=utf-8" }
        if stem(of: name, before: ".js") != nil { return "text/javascript; charset=utf-8" }
        if stem(of: name, before: ".svg") != nil { return "image/svg+xml" }
        return nil
    }
}
