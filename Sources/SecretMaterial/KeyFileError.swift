/// Why a key file was not written or read. Its description is a sentence and what to do about it.
package struct KeyFileError: Error, Hashable, Sendable {
    package enum Reason: Hashable, Sendable {
        case alreadyExists
        case notFound
        case invalidPath
        /// Group or others could replace files in the directory.
        case directoryWritableByOthers
        /// Group or others have any permission on the file.
        case fileOpenToOthers
        case ownedBySomebodyElse
        /// A symbolic link, a directory, a device.
        case notARegularFile
        case notAKey
        /// The system's `errno`.
        case system(Int32)
    }

    package var reason: Reason
    package var path: String

    package init(_ reason: Reason, path: String) {
        self.reason = reason
        self.path = path
    }
}

extension KeyFileError: CustomStringConvertible {
    package var description: String { "\(problem) \(hint)" }

    package var problem: String {
        switch reason {
        case .alreadyExists: "\(path) exists already."
        case .notFound: "\(path) does not exist."
        case .invalidPath: "\(path) does not name a file."
        case .directoryWritableByOthers: "Others may replace files in the directory of \(path)."
        case .fileOpenToOthers: "Others have access to \(path)."
        case .ownedBySomebodyElse: "\(path) or its directory belongs to somebody else."
        case .notARegularFile: "\(path) is not a regular file."
        case .notAKey: "\(path) does not hold a private key as a JSON Web Key."
        case .system(let code): "The system refused access to \(path) (errno \(code))."
        }
    }

    package var hint: String {
        switch reason {
        case .alreadyExists: "Choose another path, or move the old key away first."
        case .notFound: "Check the path, or create a key there first."
        case .invalidPath: "Give the path of a file."
        case .directoryWritableByOthers: "Run: chmod go-w on the directory."
        case .fileOpenToOthers: "Run: chmod 600 on the file, and consider the key as read."
        case .ownedBySomebodyElse: "Run: chown to the user that runs this."
        case .notARegularFile: "Links are not followed: give the path of the file itself."
        case .notAKey: "Create a new one, or restore it from a backup."
        case .system: "Check its directory and permissions."
        }
    }
}
