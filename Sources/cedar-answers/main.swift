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
    FileHandle.standardOutput.write(Data((CanonicalJSON.text(.object(reply)) + "\n").utf8))
}
