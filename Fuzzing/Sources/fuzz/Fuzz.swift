import Glibc

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
    case schemaText = "schema-text"
    case entityJSON = "entity-json"
    case likePattern = "like-pattern"

    var body: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt {
        switch self {
        case .policyText: { FuzzTarget.run($0, $1, Properties.policyText) }
        case .policyJSON: { FuzzTarget.run($0, $1, Properties.policyJSON) }
        case .schemaText: { FuzzTarget.run($0, $1, Properties.schemaText) }
        case .entityJSON: { FuzzTarget.run($0, $1, Properties.entityJSON) }
        case .likePattern: { FuzzTarget.run($0, $1, Properties.likePattern) }
        }
    }

    private static func run(_ bytes: UnsafePointer<UInt8>?, _ count: Int, _ body: (String) -> Void) -> CInt {
        let buffer = UnsafeBufferPointer(start: bytes, count: count)
        // Text that is no UTF-8 never comes as far as these readers.
        guard let text = String(validating: buffer, as: UTF8.self) else { return -1 }
        let before = Consumption.now
        body(text)
        Consumption.now.demandBounded(since: before)
        return 0
    }
}

/// What this process has used so far. Time is that of the processor: a machine that does something else makes no hang.
struct Consumption {
    /// Of 8 KiB of input; the largest thing that is made of them is a JSON form with its repetitions at their limit.
    private static let maximumGrowth = 128 << 20
    private static let maximumSeconds = 1.0

    /// The most memory so far, in bytes.
    let peak: Int
    let seconds: Double

    static var now: Consumption {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Consumption(peak: usage.ru_maxrss * 1024, seconds: Double(time.tv_sec) + Double(time.tv_nsec) / 1e9)
    }

    func demandBounded(since before: Consumption) {
        precondition(peak - before.peak <= Self.maximumGrowth, "one input took \((peak - before.peak) >> 20) MiB")
        precondition(seconds - before.seconds <= Self.maximumSeconds, "one input took \(seconds - before.seconds) s")
    }
}
