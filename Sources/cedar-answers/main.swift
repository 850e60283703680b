import CanonicalEncoding
import CedarLanguage
import Foundation

while let line = readLine() {
    guard let json = try? JSONReader.read(line, limits: JSONLimits(bytes: 64 << 20, stringBytes: 1 << 24)), let object = json.objectValue else {
        FileHandle.standardOutput.write(Data("{}\n".utf8))
        continue
    }
    var reply = JSONObject()
    if let text = object["schema"]?.stringValue {
        do {
            let schema = try CedarSchema(cedar: text)
            reply["ok"] = true
            reply["json"] = .string(Text(schema.json))
            reply["cedar"] = .string(Text(try schema.cedarText()))
        } catch { reply["error"] = .string(Text("\(error)")) }
    }
    if let text = object["schemaJSON"]?.stringValue {
        do {
            let schema = try CedarSchema(json: text)
            reply["ok"] = true
            reply["json"] = .string(Text(schema.json))
            reply["cedar"] = .string(Text(try schema.cedarText()))
        } catch { reply["error"] = .string(Text("\(error)")) }
    }
    if let text = object["policies"]?.stringValue, let schema = object["against"]?.stringValue {
        do {
            let mode = ValidationMode(rawValue: object["mode"]?.stringValue ?? "strict") ?? .strict
            let report = try CedarSchema(cedar: schema).validate(CedarPolicySet(parsing: text), mode: mode)
            reply["valid"] = .bool(report.isValid)
            reply["errors"] = .array(report.errors.map { .string(Text("\($0.policy) \($0.kind.rawValue) \($0)")) })
            reply["warnings"] = .array(report.warnings.map { .string(Text("\($0)")) })
        } catch { reply["error"] = .string(Text("\(error)")) }
    }
    FileHandle.standardOutput.write(Data((CanonicalJSON.text(.object(reply)) + "\n").utf8))
}
