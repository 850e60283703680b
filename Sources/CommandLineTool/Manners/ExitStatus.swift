/// What the program's exit status says (`planes.md`, "The program").
package enum ExitStatus: Int32, Sendable {
    case done = 0
    case failed = 1
    case usage = 2
    case denied = 3
    case expired = 4
}
