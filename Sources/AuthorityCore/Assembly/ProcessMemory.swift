/// What this process keeps so as not to read or make it again. The store has all of it, and says when it holds no more.
struct ProcessMemory: Sendable {
    let policies = PolicyCache()
    let callers = CallerMemory()
    let answers = RequestAnswers()
    let catalogue = GatewayCatalogue()
}
