import CanonicalEncoding
import CedarLanguage
import Foundation

while let line = readLine() {
    let reply = Answer.reply(to: line)
    FileHandle.standardOutput.write(Data((reply + "\n").utf8))
}
