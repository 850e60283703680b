import CanonicalEncoding
import CedarLanguage

/// The driver of libFuzzer, without its own `main`.
@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
    _ count: UnsafeMutablePointer<CInt>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ body: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

/// `fuzz TARGET [libFuzzer's arguments]`.
@main
enum Fuzz {
    static func main() {
        guard CommandLine.arguments.count > 1, let target = FuzzTarget(rawValue: CommandLine.arguments[1]) else {
            preconditionFailure("fuzz TARGET …, where TARGET is one of \(FuzzTarget.allCases.map(\.rawValue))")
        }
        // libFuzzer does not know the first argument.
        var count = CommandLine.argc - 1
        var arguments = CommandLine.unsafeArgv + 1
        arguments[0] = CommandLine.unsafeArgv[0]
        _ = runDriver(&count, &arguments, target.body)
    }
}

/// What can be fuzzed.
enum FuzzTarget: String, CaseIterable {
    case policyText = "policy-text"
    case policyJSON = "policy-json"
    case entityJSON = "entity-json"
    case likePattern = "like-pattern"

    var body: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt {
        switch self {
        case .policyText: { FuzzTarget.run($0, $1, Properties.policyText) }
        case .policyJSON: { FuzzTarget.run($0, $1, Properties.policyJSON) }
        case .entityJSON: { FuzzTarget.run($0, $1, Properties.entityJSON) }
        case .likePattern: { FuzzTarget.run($0, $1, Properties.likePattern) }
        }
    }

    private static func run(_ bytes: UnsafePointer<UInt8>?, _ count: Int, _ body: (String) -> Void) -> CInt {
        let buffer = UnsafeBufferPointer(start: bytes, count: count)
        // Text that is no UTF-8 never comes as far as these readers.
        guard let text = String(validating: buffer, as: UTF8.self) else { return -1 }
        body(text)
        return 0
    }
}
