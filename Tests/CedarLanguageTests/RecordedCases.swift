import CanonicalEncoding
import CedarLanguage
import Foundation

/// The recorded Cedar cases, which lie outside of the repository.
enum RecordedCases {
    /// The folder that `SHARED_VECTORS` names, or `shared/vectors` beside the working copy; nil where there is none.
    static let folder: String? = {
        var candidates: [String] = []
        if let named = ProcessInfo.processInfo.environment["SHARED_VECTORS"] {
            candidates.append(named + "/cedar")
        }
        var place = URL(filePath: #filePath)
        while place.path.count > 1 {
            place.deleteLastPathComponent()
            candidates.append(place.appending(path: "shared/vectors/cedar").path)
        }
        return candidates.first { FileManager.default.fileExists(atPath: $0) }
    }()

    static var isPresent: Bool { folder != nil }

    /// One JSON document a line.
    ///
    /// On a thread of its own: it waits for another process, and Swift's pool has a thread for each core.
    static func lines(_ name: String) async throws -> [JSONValue] {
        try await withCheckedThrowingContinuation { continuation in
            Thread { continuation.resume(with: Result { try unpackedLines(name) }) }.start()
        }
    }

    private static func unpackedLines(_ name: String) throws -> [JSONValue] {
        let gzip = Process()
        gzip.executableURL = URL(filePath: "/usr/bin/env")
        gzip.arguments = ["gzip", "-dc", (folder ?? "") + "/" + name]
        let output = Pipe()
        gzip.standardOutput = output
        try gzip.run()
        let bytes = [UInt8](output.fileHandleForReading.readDataToEndOfFile())
        gzip.waitUntilExit()
        return try bytes.split(separator: 0x0A).map {
            try JSONReader.read(Array($0), limits: JSONLimits(stringBytes: 1 << 20))
        }
    }

    /// What our engine says to one recorded request, in the words of the record.
    static func answer(_ request: JSONValue, _ policies: CedarPolicySet, _ entities: CedarEntities) throws
        -> CedarAnswer
    {
        let context = try CedarRecord(json: request["context"]?.objectValue ?? JSONObject())
        let asked = try CedarRequest(
            principal: EntityUID(json: request["principal"] ?? nil), action: EntityUID(json: request["action"] ?? nil),
            resource: EntityUID(json: request["resource"] ?? nil), context: context)
        return policies.answer(asked, entities)
    }

    static func names(_ json: JSONValue?) -> Set<String> {
        Set((json?.arrayValue ?? []).compactMap(\.stringValue))
    }

    /// Whether the record agrees with decision, reasons and errors; errors are names or only their number.
    static func agrees(_ answer: CedarAnswer, with expected: JSONValue) -> Bool {
        let failed = answer.failures.map(\.policy.string)
        let errorsAgree =
            expected["errors"]?.integerValue.map { Int($0) == failed.count }
            ?? (names(expected["errors"]) == Set(failed))
        return expected["decision"]?.stringValue == answer.decision.rawValue && errorsAgree
            && names(expected["reason"]) == Set(answer.determining.map(\.string))
    }
}
