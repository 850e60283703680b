import CanonicalEncoding

/// Why a template could not be linked.
public enum LinkingError: Error, Hashable, Sendable, CustomStringConvertible {
    /// There is no template of that name.
    case noSuchTemplate
    /// The name is taken.
    case duplicateName
    /// Not exactly the template's slots were given.
    case wrongSlots(needed: Set<CedarSlot>)

    /// One sentence without full stop.
    public var description: String {
        switch self {
        case .noSuchTemplate: return "there is no template of that name"
        case .duplicateName: return "a policy or template of that name is there already"
        case .wrongSlots(let needed):
            let names = needed.map { "?\($0.rawValue)" }.sorted { $0.utf8.count < $1.utf8.count }
            return "exactly the slots \(names.joined(separator: " and ")) have to be filled in"
        }
    }
}

/// Policies, parsed and compiled: a value that answers requests and never changes under its user.
public struct CedarPolicySet: Sendable {
    /// Policies that apply by themselves, linked ones included, in order.
    public private(set) var policies: [CedarPolicy]
    /// Policies with slots, which apply to nothing until they are linked.
    public private(set) var templates: [CedarPolicy]
    /// The text that the spans of policies and errors point into.
    public let source: String

    private var compiled: [CompiledPolicy] = []
    private var index = PolicyIndex()
    /// Where each name stands: in `policies`, or, as the complement, in `templates`.
    private var places: [CedarString: Int] = [:]

    /// Parses policy text. The first mistake is reported with its place.
    public init(parsing source: String) throws(CedarSyntaxError) {
        let all: [CedarPolicy]
        do {
            var parser = try PolicyParser(source)
            all = try parser.policies()
        } catch {
            throw error.located(in: source)
        }
        self.init(all.filter(\.slots.isEmpty), templates: all.filter { !$0.slots.isEmpty }, source: source)
    }

    /// From the JSON form: `staticPolicies`, `templates`, `templateLinks`. Spans point into that document.
    public init(json source: String) throws(CedarFormError) {
        self = try PolicyFormReader.read(source) { (reader) throws(PolicyFormReader.Failure) in
            try CedarPolicySet(&reader, reader.json.root, source: source)
        }
    }

    /// The names have to be different.
    private init(_ policies: [CedarPolicy], templates: [CedarPolicy], source: String) {
        self.source = source
        self.policies = []
        self.templates = templates
        for (position, template) in templates.enumerated() { places[template.id] = ~position }
        for policy in policies { append(policy) }
    }

    /// From a set that stands somewhere in a document.
    init(
        _ reader: inout PolicyFormReader, _ root: Int, source: String
    ) throws(PolicyFormReader.Failure) {
        let content = try reader.set(root)
        self.init(content.policies, templates: content.templates, source: source)
        let count = content.policies.count + content.templates.count
        guard places.count == count else {
            throw PolicyFormReader.Failure(node: root, message: "a static policy and a template have the same name")
        }
        for (node, id, link) in content.links {
            do throws(LinkingError) {
                try self.link(template: link.template, as: id, link.values)
            } catch {
                throw PolicyFormReader.Failure(node: node, message: error.description)
            }
        }
    }

    private mutating func append(_ policy: CedarPolicy) {
        places[policy.id] = policies.count
        let scope = index.insert(policy, policies.count)
        policies.append(policy)
        compiled.append(CompiledPolicy(policy, scope))
    }

    /// Adds a policy made from a template by filling in its slots.
    public mutating func link(
        template id: CedarString, as newID: CedarString, _ values: [CedarSlot: EntityUID]
    ) throws(LinkingError) {
        guard let place = places[id], place < 0 else { throw .noSuchTemplate }
        let template = templates[~place]
        guard places[newID] == nil else { throw .duplicateName }
        guard Set(values.keys) == template.slots else { throw .wrongSlots(needed: template.slots) }
        var policy = template
        policy.id = newID
        policy.principal = template.principal.linking(values)
        policy.resource = template.resource.linking(values)
        policy.link = TemplateLink(template: id, values: values)
        append(policy)
    }

    /// The policy of that name; templates are none.
    public func policy(_ id: CedarString) -> CedarPolicy? {
        guard let place = places[id], place >= 0 else { return nil }
        return policies[place]
    }

    /// The template of that name.
    public func template(_ id: CedarString) -> CedarPolicy? {
        guard let place = places[id], place < 0 else { return nil }
        return templates[~place]
    }

    /// Where a span of a policy or error starts.
    public func position(of span: SourceSpan) -> SourcePosition { SourcePosition(offset: span.start, in: source) }

    /// Asks every policy that can apply.
    public func answer(_ request: CedarRequest, _ entities: CedarEntities) -> CedarAnswer {
        let parts = index.parts(of: request, entities)
        var machine = Machine(EvaluationScope(request: request, entities: entities))
        var found = FoundPolicies()
        index.visit(parts) { position in
            do throws(EvaluationError) {
                if try compiled[position].applies(parts, &machine) { found.satisfied.append(position) }
            } catch {
                found.failed.append((position, error))
            }
        }
        return found.answer(compiled)
    }
}

/// Positions of the policies that said something, in the order in which the index came by, perhaps more than once.
private struct FoundPolicies {
    var satisfied: [Int] = []
    var failed: [(position: Int, error: EvaluationError)] = []

    /// Everything once and in the order of the set.
    mutating func answer(_ policies: [CompiledPolicy]) -> CedarAnswer {
        var (permits, forbids): ([CedarString], [CedarString]) = ([], [])
        var failures: [PolicyFailure] = []
        if satisfied.count > 1 { satisfied.sort() }
        if failed.count > 1 { failed.sort { $0.position < $1.position } }
        var last = -1
        for position in satisfied where position != last {
            last = position
            let policy = policies[position]
            if policy.effect == .permit { permits.append(policy.id) } else { forbids.append(policy.id) }
        }
        last = -1
        for (position, error) in failed where position != last {
            last = position
            let policy = policies[position]
            failures.append(PolicyFailure(policy: policy.id, effect: policy.effect, error: error))
        }
        return CedarAnswer(satisfiedPermits: permits, satisfiedForbids: forbids, failures: failures)
    }
}
