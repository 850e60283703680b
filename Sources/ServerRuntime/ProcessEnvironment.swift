import Foundation

/// The environment of this process, read once where a program begins.
package enum ProcessEnvironment {
    package static var current: [String: String] { ProcessInfo.processInfo.environment }
}
