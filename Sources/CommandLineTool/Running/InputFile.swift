import CanonicalEncoding
import SystemPackage

/// A file that an argument names; `-` is standard input.
struct InputFile {
    /// More than any file that verbs read whole.
    private static let maximumBytes = 1 << 28

    private let name: String

    init(_ name: String) {
        self.name = name
    }

    func bytes() throws(CommandFailure) -> [UInt8] {
        do {
            guard !name.utf8.elementsEqual("-".utf8) else { return try Self.read(.standardInput) }
            guard !name.utf8.contains(0) else { throw Errno.invalidArgument }
            let descriptor = try FileDescriptor.open(FilePath(name), .readOnly, options: .closeOnExec)
            return try descriptor.closeAfter { try Self.read(descriptor) }
        } catch {
            throw CommandFailure("\(name) cannot be read: \(error).", hint: "Check the path and your rights.")
        }
    }

    func text() throws(CommandFailure) -> String {
        guard let text = Text(utf8: try bytes()) else {
            throw CommandFailure("\(name) is no UTF-8.", hint: "Convert it, for example with iconv.")
        }
        return text.string
    }

    /// Writes beside the file and puts the result in its place, so that an interruption leaves one of the two.
    func replace(with text: String) throws(CommandFailure) {
        do {
            guard !name.utf8.elementsEqual("-".utf8) else { throw Errno.invalidArgument }
            let path = FilePath(name)
            let beside = FilePath(name + ".countersign-new")
            let descriptor = try FileDescriptor.open(
                beside, .writeOnly, options: [.create, .truncate, .closeOnExec], permissions: FileKind.mode(of: name))
            try descriptor.closeAfter { _ = try descriptor.writeAll(Array(text.utf8)) }
            try FileKind.move(beside.string, to: path.string)
        } catch {
            throw CommandFailure("\(name) cannot be written: \(error).", hint: "Check the path and your rights.")
        }
    }

    private static func read(_ descriptor: FileDescriptor) throws -> [UInt8] {
        var content: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = try piece.withUnsafeMutableBytes { try descriptor.read(into: $0) }
            guard count > 0 else { return content }
            guard content.count + count <= maximumBytes else { throw Errno.fileTooLarge }
            content += piece[..<count]
        }
    }
}
