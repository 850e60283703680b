/// What is asked: may this principal do this action on this resource, under these circumstances?
public struct CedarRequest: Sendable {
    /// Who asks.
    public var principal: EntityUID
    /// What is to be done.
    public var action: EntityUID
    /// What it is done to.
    public var resource: EntityUID
    /// The circumstances.
    public var context: CedarRecord

    /// A request.
    public init(principal: EntityUID, action: EntityUID, resource: EntityUID, context: CedarRecord) {
        self.principal = principal
        self.action = action
        self.resource = resource
        self.context = context
    }
}

/// What variables and entity references mean while an expression is evaluated.
struct EvaluationScope: Sendable {
    let request: CedarRequest
    let entities: CedarEntities

    /// For expressions without variables.
    static let empty: EvaluationScope = {
        let nobody = EntityUID(type: EntityTypeName(unchecked: "None"), id: "")
        let request = CedarRequest(principal: nobody, action: nobody, resource: nobody, context: [:])
        return EvaluationScope(request: request, entities: CedarEntities())
    }()
}
