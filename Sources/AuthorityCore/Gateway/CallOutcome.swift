import AuthorityPorts
import CanonicalEncoding
import DomainModel
import ModelContextProtocol

/// What came of a call that was sent, as the record keeps it and as its caller is told.
enum CallOutcome: Sendable {
    /// The server's own answer, with its canonical bytes.
    case answered(RPCResponse.Outcome, CanonicalDocument)
    /// Nothing was sent.
    case notSent
    /// Something may have happened; the word says why nobody knows.
    case unknown(Text)

    init(_ result: Result<RPCResponse.Outcome, UpstreamError>, limits: UpstreamServer.Limits) {
        switch result {
        case .success(let answer):
            let document = CanonicalDocument(Self.json(of: answer))
            self =
                document.bytes.count <= limits.resultBytes ? .answered(answer, document) : .unknown("answer_too_large")
        case .failure(.unavailable): self = .notSent
        case .failure(.lost): self = .unknown("connection_lost")
        case .failure(.timedOut): self = .unknown("timed_out")
        case .failure(.tooLarge): self = .unknown("answer_too_large")
        case .failure(.unreadable): self = .unknown("answer_unreadable")
        }
    }

    /// What the gateway observed; nil where nothing can be said.
    func completion(after milliseconds: Int64, at now: Timestamp) -> Completion? {
        switch self {
        case .answered(let answer, let document):
            var observed: JSONObject = [
                "bytes": .integer(Int64(document.bytes.count)),
                "digest": "\(document.digest(domain: HeldCall.answerDomain).wire)",
                "duration_ms": .integer(milliseconds),
            ]
            var isFailure = true
            switch answer {
            case .result(let result):
                isFailure = result["isError"] == true
                observed["is_error"] = .bool(isFailure)
            case .error(let code, _, _): observed["error_code"] = .string("\(code)")
            }
            return Completion(
                outcome: isFailure ? .failed : .succeeded, observed: observed, observer: .countersign, at: now)
        case .notSent:
            return Completion(
                outcome: .noEffect, observed: ["duration_ms": .integer(milliseconds)], observer: .countersign, at: now)
        case .unknown: return nil
        }
    }

    static func json(of answer: RPCResponse.Outcome) -> JSONValue {
        switch answer {
        case .result(let result): return ["result": .object(result)]
        case .error(let code, let message, let data):
            var error: JSONObject = ["code": .integer(code), "message": .string(message)]
            if let data { error["data"] = data }
            return ["error": .object(error)]
        }
    }
}

extension CallAnswer {
    init(_ answer: RPCResponse.Outcome) {
        switch answer {
        case .result(let result): self = .result(result)
        case .error(let code, let message, let data): self = .serverError(code: code, message: message, data: data)
        }
    }

    /// A kept answer; nil where it is not what was kept.
    init?(kept document: CanonicalDocument) {
        guard let json = try? document.json() else { return nil }
        if let result = json["result"]?.objectValue {
            self = .result(result)
        } else if let error = json["error"], let code = error["code"]?.integerValue,
            let message = error["message"]?.textValue
        {
            self = .serverError(code: code, message: message, data: error["data"])
        } else {
            return nil
        }
    }

    static func nobodyKnows(of request: ApprovalRequest) -> CallAnswer {
        .unknown(
            request.id,
            "This call was sent to the tool server, and nobody knows what came of it. It is not repeated by itself; a person looks at it."
        )
    }
}
