import CanonicalEncoding

/// Policy text beside the JSON form that it has to become, and to come back from.
enum FormConformance {
    static func verdict(_ record: ConformanceRecord) -> CedarConformance.Verdict {
        guard let text = record.text("cedar"), let form = record.member("est") else {
            return .differs("`cedar` and `est` are needed")
        }
        do {
            let parsed = try CedarPolicySet(parsing: text)
            guard try says(parsed.json, record, form) else {
                return .differs("the text becomes another JSON form: \(parsed.json)")
            }
            let read = try PolicyFormReader.read(record.json) { (reader) throws(PolicyFormReader.Failure) in
                try CedarPolicySet(&reader, form, source: "")
            }
            guard try says(read.json, record, form) else {
                return .differs("the JSON form comes back as another: \(read.json)")
            }
            let printed = try CedarPolicySet(parsing: parsed.text)
            guard try says(printed.json, record, form) else {
                return .differs("the printed text means something else: \(parsed.text)")
            }
            return .agrees(checks: 3)
        } catch let error as CedarSyntaxError {
            return .differs("the text is refused: \(error)")
        } catch let error as CedarFormError {
            return .differs("the JSON form is refused: \(error)")
        } catch {
            return .differs("\(error)")
        }
    }

    private static func says(_ written: String, _ record: ConformanceRecord, _ form: Int) throws -> Bool {
        let ours = try FlatJSON(
            Array(written.utf8), limits: JSONLimits(bytes: 64 << 20, stringBytes: 32 << 20), depth: 1 << 20)
        return ours.says(ours.root, sameAs: record.json, form)
    }
}
