/// A walk through a graph, depth first and without recursion, that sees when it comes back to where it is.
struct OrderedWalk<Node: Hashable> {
    private struct Step {
        let node: Node
        /// Nil until they are known.
        var open: [Node]?
    }

    private var path: [Step] = []
    private var onPath: Set<Node> = []
    private var done: Set<Node> = []

    var current: Node? { path.last?.node }
    var isNew: Bool { path.last?.open == nil }

    func isDone(_ node: Node) -> Bool { done.contains(node) }

    /// False when the walk is already inside of the node.
    @discardableResult
    mutating func begin(_ node: Node) -> Bool {
        guard onPath.insert(node).inserted else { return false }
        path.append(Step(node: node, open: nil))
        return true
    }

    mutating func expand(_ nodes: [Node]) {
        guard !path.isEmpty else { return }
        path[path.count - 1].open = nodes
    }

    /// The next neighbour that is not done.
    mutating func nextOpen() -> Node? {
        guard !path.isEmpty else { return nil }
        while let next = path[path.count - 1].open?.popLast() {
            if !done.contains(next) { return next }
        }
        return nil
    }

    mutating func finish() {
        guard let step = path.popLast() else { return }
        onPath.remove(step.node)
        done.insert(step.node)
    }
}
