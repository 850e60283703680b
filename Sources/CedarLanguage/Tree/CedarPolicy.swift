/// What a policy does when it applies.
public enum CedarEffect: String, Sendable {
    /// It permits.
    case permit
    /// It forbids, whatever else permits.
    case forbid
}

/// `@name("value")` in front of a policy; without meaning to the language.
public struct CedarAnnotation: Hashable, Sendable {
    /// The name, unique within the policy.
    public let name: CedarString
    /// Nil when it was written without parentheses.
    public let value: CedarString?
    /// Where it stands.
    public let span: SourceSpan
}

/// A placeholder of a template.
public enum CedarSlot: String, Sendable {
    /// `?principal`.
    case principal
    /// `?resource`.
    case resource
}

/// What stands right of `==` or `in` in a scope.
public enum EntityReference: Hashable, Sendable {
    /// An entity by name.
    case entity(EntityUID)
    /// To be filled in when the template is linked.
    case slot(CedarSlot)
}

/// What a scope demands of principal, action or resource.
public enum ScopeConstraint: Hashable, Sendable {
    /// Nothing.
    case any
    /// `== e`.
    case equal(EntityReference)
    /// `in e`.
    case within(EntityReference)
    /// `in [e, …]`, of actions only.
    case withinAny([EntityUID])
    /// `is T`.
    case isType(EntityTypeName)
    /// `is T in e`.
    case isTypeWithin(EntityTypeName, EntityReference)

    var slot: CedarSlot? {
        switch self {
        case .equal(.slot(let slot)), .within(.slot(let slot)), .isTypeWithin(_, .slot(let slot)): slot
        default: nil
        }
    }

    func linking(_ values: [CedarSlot: EntityUID]) -> ScopeConstraint {
        func filled(_ reference: EntityReference) -> EntityReference {
            if case .slot(let slot) = reference, let uid = values[slot] { .entity(uid) } else { reference }
        }
        return switch self {
        case .equal(let reference): .equal(filled(reference))
        case .within(let reference): .within(filled(reference))
        case .isTypeWithin(let type, let reference): .isTypeWithin(type, filled(reference))
        case .any, .withinAny, .isType: self
        }
    }
}

/// Where the parts of one constraint stand; in JSON all of them are where the constraint starts.
struct ScopePlace: Sendable {
    /// The whole constraint: `principal is User in Group::"a"`.
    let whole: SourceSpan
    /// The type after `is`.
    var type: SourceSpan?
    /// The entities in their order; a slot is none.
    var entities: [SourceSpan] = []

    /// Of the entity that `ScopeConstraint.entities` has at this position.
    func entity(_ position: Int) -> SourceSpan {
        entities.indices.contains(position) ? entities[position] : whole
    }
}

/// A constraint and where it stands.
struct PlacedConstraint {
    let constraint: ScopeConstraint
    let place: ScopePlace
}

/// Where the three parts of a scope stand.
struct ScopePlaces: Sendable {
    let principal: ScopePlace
    let action: ScopePlace
    let resource: ScopePlace
}

/// A `when` or `unless` clause.
struct CedarCondition: Sendable {
    let isUnless: Bool
    let root: NodeIndex
    let span: SourceSpan
}

/// Where a linked policy comes from.
public struct TemplateLink: Hashable, Sendable {
    /// The template's name.
    public let template: CedarString
    /// What fills its slots.
    public let values: [CedarSlot: EntityUID]

    /// A link.
    public init(template: CedarString, values: [CedarSlot: EntityUID]) {
        self.template = template
        self.values = values
    }
}

/// A policy, or a template when its scope has slots.
public struct CedarPolicy: Sendable {
    /// Unique in its set: `policy0`, `policy1`, … by position, or the name under which a template was linked.
    public internal(set) var id: CedarString
    /// What it does when it applies.
    public let effect: CedarEffect
    /// In the order in which they stand.
    public let annotations: [CedarAnnotation]
    /// What it demands of the principal.
    public internal(set) var principal: ScopeConstraint
    /// What it demands of the action.
    public let action: ScopeConstraint
    /// What it demands of the resource.
    public internal(set) var resource: ScopeConstraint
    /// Where it stands in the text, annotations included.
    public let span: SourceSpan

    let places: ScopePlaces
    let conditions: [CedarCondition]
    let tree: ExpressionTree

    /// The template that it was made from; nil when it was written as it is.
    public internal(set) var link: TemplateLink?

    /// The slots that have to be filled in before it applies to anything.
    public var slots: Set<CedarSlot> { Set([principal.slot, resource.slot].compactMap(\.self)) }

    /// Whether it applies to all that its scope meets: it has neither `when` nor `unless`.
    public var isUnconditional: Bool { conditions.isEmpty }

    /// The annotation of that name.
    public func annotation(_ name: CedarString) -> CedarAnnotation? {
        annotations.first { $0.name == name }
    }
}
