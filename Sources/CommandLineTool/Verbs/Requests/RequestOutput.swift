import APIClient
import CanonicalEncoding
import DomainModel
import WireProtocol

/// How the verbs on requests name one, show one, and turn its end into an exit status.
enum RequestOutput {
    static func id(_ text: String) throws(CommandFailure) -> RequestID {
        guard let id = RequestID(Text(text)) else { throw isNoID(text) }
        return id
    }

    static func isNoID(_ text: String) -> CommandFailure {
        CommandFailure(
            "\(text) is no request's id.",
            hint: "It is req_ and 26 letters and digits, as `request open` and `run` print it.", status: .usage)
    }

    static func show(_ view: RequestView, asJSON: Bool) {
        guard !asJSON else { return Terminal.result(view.json) }
        Terminal.result("\(view.id) \(view.status?.rawValue ?? Shown.text(view.json.cell("status")))")
        for reason in view.reasons {
            Terminal.result("  \(Shown.text(reason.policy)): \(Shown.text(reason.text))")
        }
    }

    /// 0 for what goes on or went well; otherwise the failure.
    static func check(_ view: RequestView) throws(CommandFailure) {
        switch view.status {
        case .pending, .approved, .granted, .executing, .completed, nil: return
        case .denied, .expired, .stale, .cancelled, .failed, .violated, .unknown: throw RequestProgress.failure(view)
        }
    }

    static func asked<Value: Sendable>(
        _ call: () async throws(ClientError) -> Value
    ) async throws(CommandFailure) -> Value {
        do { return try await call() } catch { throw CommandFailure(error) }
    }
}
