import CanonicalEncoding
import CedarLanguage
import DomainModel
import Synchronization

/// The entities of a question that are there before anybody approves: who asks, with which tool, on what.
///
/// They follow from three facts alone, and the same three are asked about again and again, so a policy set keeps them.
struct QuestionWorld: Sendable {
    struct Facts: Hashable, Sendable {
        let principal: PolicyFacts.Principal
        let tool: PolicyFacts.Tool
        let resource: ResourceReference

        init(_ facts: PolicyFacts) {
            principal = facts.principal
            tool = facts.tool
            resource = facts.resource
        }
    }

    let principal: EntityUID
    let action: EntityUID
    let resource: EntityUID
    let tool: EntityUID
    let list: [CedarEntity]
    let entities: CedarEntities

    init(_ facts: Facts, in namespace: Vocabulary) throws {
        var list: [CedarEntity] = []
        principal = CedarQuestion.principal(facts.principal, in: namespace, adding: &list)
        action = namespace.action(facts.tool.reference.qualifiedName)
        resource = CedarQuestion.resource(facts.resource, in: namespace, adding: &list)
        list.append(CedarEntity(uid: action, parents: [namespace.callTool.uid]))
        list.append(namespace.callTool)
        tool = CedarQuestion.tool(facts.tool, in: namespace, adding: &list)
        self.list = list
        entities = try CedarEntities(list)
    }
}

/// The worlds that a policy set was asked about. What is kept follows from its key, so that nothing here grows old.
final class WorldMemory: Sendable {
    private let worlds = Mutex<[QuestionWorld.Facts: QuestionWorld]>([:])

    /// Bounds what is kept; beyond it, remembering begins anew.
    static let capacity = 1_024

    func world(_ facts: QuestionWorld.Facts, in namespace: Vocabulary) throws -> QuestionWorld {
        if let known = worlds.withLock({ $0[facts] }) { return known }
        let world = try QuestionWorld(facts, in: namespace)
        worlds.withLock { worlds in
            if worlds.count >= Self.capacity { worlds = [:] }
            worlds[facts] = world
        }
        return world
    }
}
