/// Why a template could not be linked.
public enum LinkingError: Error, Hashable, Sendable {
    /// There is no template of that name.
    case noSuchTemplate
    /// The name is taken.
    case duplicateName
    /// Not exactly the template's slots were given.
    case wrongSlots(needed: Set<CedarSlot>)
}

/// Policies, parsed and compiled: a value that answers requests and never changes under its user.
public struct CedarPolicySet: Sendable {
    /// Policies that apply by themselves, linked ones included, in order.
    public private(set) var policies: [CedarPolicy]
    /// Policies with slots, which apply to nothing until they are linked.
    public private(set) var templates: [CedarPolicy]
    /// The text that the spans of policies and errors point into.
    public let source: String

    private var compiled: [CompiledPolicy]
    private var index: PolicyIndex

    /// Parses policy text. The first mistake is reported with its place.
    public init(parsing source: String) throws(CedarSyntaxError) {
        let all: [CedarPolicy]
        do {
            var parser = try PolicyParser(source)
            all = try parser.policies()
        } catch {
            throw error.located(in: source)
        }
        self.source = source
        policies = all.filter(\.slots.isEmpty)
        templates = all.filter { !$0.slots.isEmpty }
        compiled = policies.map(CompiledPolicy.init)
        index = PolicyIndex(policies)
    }

    /// Adds a policy made from a template by filling in its slots.
    public mutating func link(
        template id: CedarString, as newID: CedarString, _ values: [CedarSlot: EntityUID]
    ) throws(LinkingError) {
        guard let template = templates.first(where: { $0.id == id }) else { throw .noSuchTemplate }
        guard !(policies + templates).contains(where: { $0.id == newID }) else { throw .duplicateName }
        guard Set(values.keys) == template.slots else { throw .wrongSlots(needed: template.slots) }
        var policy = template
        policy.id = newID
        policy.principal = template.principal.linking(values)
        policy.resource = template.resource.linking(values)
        policies.append(policy)
        compiled.append(CompiledPolicy(policy))
        index = PolicyIndex(policies)
    }

    /// The policy of that name.
    public func policy(_ id: CedarString) -> CedarPolicy? { policies.first { $0.id == id } }

    /// Where a span of a policy or error starts.
    public func position(of span: SourceSpan) -> SourcePosition { SourcePosition(offset: span.start, in: source) }

    /// Asks every policy that can apply.
    public func answer(_ request: CedarRequest, _ entities: CedarEntities) -> CedarAnswer {
        var machine = Machine(EvaluationScope(request: request, entities: entities), .nothing, .nothing)
        var (permits, forbids): ([CedarString], [CedarString]) = ([], [])
        var failures: [PolicyFailure] = []
        for position in index.candidates(request, entities) {
            let policy = compiled[position]
            do {
                guard try policy.applies(&machine) else { continue }
                if policy.effect == .permit { permits.append(policy.id) } else { forbids.append(policy.id) }
            } catch {
                failures.append(PolicyFailure(policy: policy.id, effect: policy.effect, error: error))
            }
        }
        return CedarAnswer(satisfiedPermits: permits, satisfiedForbids: forbids, failures: failures)
    }
}
