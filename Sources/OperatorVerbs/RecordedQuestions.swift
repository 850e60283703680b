package import CanonicalEncoding
import DomainModel
import GRDB
import WireProtocol

/// What policy was asked when recorded requests were opened, with its answers: what `countersign policy replay` reads.
///
/// Reads only, beside the server, and one snapshot. An agent's groups and a tool's traits are those of today, because the record
/// does not keep older ones; a request whose tool is no longer registered is left out.
package struct RecordedQuestions {
    /// The server's data directory.
    package var directory: String

    package init(directory: String) {
        self.directory = directory
    }

    /// One document for each request, in the order of their handles, and how many were left out.
    package func read() throws -> (documents: [JSONValue], leftOut: Int) {
        var configuration = Configuration()
        configuration.readonly = true
        let queue = try DatabaseQueue(path: "\(directory)/countersign.sqlite", configuration: configuration)
        defer { try? queue.close() }
        return try queue.read { database in
            var findings = Findings()
            let store = try RecordedStore(database, &findings)
            let world = try World(database, store)
            let documents = store.requests.compactMap { world.document($0) }
            return (documents, store.requests.count - documents.count)
        }
    }
}

/// What the facts of a request need beside it.
private struct World {
    private let tools: [Text: RegisteredTool]
    private let agents: [Text: (owner: Text, environment: Text?)]
    /// Of agents and of people.
    private let groups: [Membership.Member: [Text]]
    private let requests: [RequestID: RecordedStore.Request]

    init(_ database: Database, _ store: RecordedStore) throws {
        let registered = try Row.fetchAll(database, sql: "SELECT tool FROM tools").compactMap { row in
            row.document("tool").flatMap { try? RegisteredTool(json: $0) }
        }
        tools = Dictionary(registered.map { ($0.reference.qualifiedName, $0) }) { first, _ in first }
        let known = try Row.fetchAll(database, sql: "SELECT id, owner, environment FROM agents").map { row in
            (row.text("id") ?? "", (owner: row.text("owner") ?? "", environment: row.text("environment")))
        }
        agents = Dictionary(known) { first, _ in first }
        groups = Dictionary(grouping: store.memberships, by: \.member).mapValues { $0.map(\.group.text) }
        requests = Dictionary(store.requests.map { ($0.id, $0) }) { first, _ in first }
    }

    func document(_ request: RecordedStore.Request) -> JSONValue? {
        let action = request.submission.action
        guard let tool = tools[action.tool.qualifiedName], let agent = agents[request.agent] else { return nil }
        var object: JSONObject = [
            "request": .string(request.id.text), "recorded": .object(recorded(request.assessment)),
            "tool": [
                "server": .string(action.tool.server), "name": .string(action.tool.name),
                "destructive": .bool(tool.traits.destructive), "read_only": .bool(tool.traits.readOnly),
                "open_world": .bool(tool.traits.openWorld),
            ],
            "agent": .object(principal(request.agent, agent)),
            "resource": ["type": .string(action.resource.type), "id": .string(action.resource.id)],
            "environment": .string(action.environment), "input": .object(action.arguments),
            "deadline_seconds": .integer(action.deadlineSeconds), "preconditions": preconditions(action),
            "time": "\(request.submission.createdAt.rfc3339)",
        ]
        if let expected = action.json["expect"] { object["expect"] = expected }
        if tool.kind == .command { say(action, in: &object) }
        say(request.submission.context, provedBy: request.submission.proof, in: &object)
        return .object(object)
    }

    private func principal(_ id: Text, _ agent: (owner: Text, environment: Text?)) -> JSONObject {
        var object: JSONObject = [
            "id": .string(id), "owner": .string(agent.owner), "groups": groups("agent:\(id)"),
            "owner_groups": groups("person:\(agent.owner)"),
        ]
        if let environment = agent.environment { object["environment"] = .string(environment) }
        return object
    }

    private func groups(_ member: Text) -> JSONValue {
        .array((Membership.Member(key: member).flatMap { groups[$0] } ?? []).map { .string($0) })
    }

    /// How far a task was handed on: as many parents as are known, 16 at most, and one that is not known.
    private func depth(_ context: RequestContext) -> Int64 {
        var depth: Int64 = 0
        var next = context.task?.parent
        while let id = next, depth < 16 {
            depth += 1
            next = requests[id]?.submission.context.task?.parent
        }
        return depth
    }

    /// A denial may have come before policy was asked (a freeze, say), so its reasons are not compared.
    private func recorded(_ assessment: Assessment) -> JSONObject {
        let outcome: JSONValue = assessment.tier == .auto ? "allow" : "\(assessment.tier.rawValue)"
        guard assessment.tier != .deny else { return ["outcome": outcome] }
        return ["outcome": outcome, "reasons": .array(assessment.reasons.map { .string($0.policy) })]
    }

    private func preconditions(_ action: Action) -> JSONValue {
        var object = JSONObject()
        for precondition in action.preconditions {
            var members = object[precondition.provider]?.objectValue ?? JSONObject()
            members[precondition.of] = .string(precondition.value)
            object[precondition.provider] = .object(members)
        }
        return .object(object)
    }

    private func say(_ action: Action, in object: inout JSONObject) {
        guard let invocation = try? CommandInvocation(json: .object(action.arguments), path: "action.arguments") else {
            return
        }
        object["executable"] = .string(invocation.executable.path)
        object["command"] = .array(
            invocation.argv.map { value in
                switch value {
                case .text(let text): .string(text)
                case .secret(let mark): "secret:\(mark.digest.wire)"
                }
            })
    }

    /// As `PolicyQuestion` says it when a request is opened.
    private func say(_ context: RequestContext, provedBy proof: CallerProof, in object: inout JSONObject) {
        var claimed = context.claimed.json.objectValue ?? JSONObject()
        claimed["justification"] = context.justification.map { .string($0) }
        claimed["plan"] = context.plan.map { .string($0) }
        claimed["task"] = context.task.map { .string($0.id) }
        claimed["task_title"] = context.task?.title.map { .string($0) }
        claimed["has_rollback"] = .bool(context.rollback != nil)
        object["claimed"] = .object(claimed)
        var caller: JSONObject = ["delegation_depth": .integer(depth(context))]
        if proof != .dpop { caller["proof"] = "\(proof.rawValue)" }
        caller["task"] = context.task.map { .string($0.id) }
        object["caller"] = .object(caller)
        if let window = context.window {
            object["window"] = ["from": "\(window.from.rfc3339)", "until": "\(window.until.rfc3339)"]
        }
    }
}
