import CedarLanguage

/// A schema, and policies that are valid for it, with whatever data comes in.
enum FuzzWorld {
    static let schema: CedarSchema = {
        do {
            return try CedarSchema(
                cedar: """
                    entity Org; entity Group in [Org]; entity Color enum ["red", "green"];
                    entity User in [Group] = {
                      ok: Bool, name?: String, age?: Long, mgr?: User, rec?: { a: Long, b?: { c?: String } }, act?: Action,
                      ip?: ipaddr, color?: Color, us?: Set<User>, dt?: datetime, du?: duration, decs?: Set<decimal>,
                      recs?: Set<{ a: Long }>
                    } tags String;
                    entity Doc in [Doc, Color] = { owner: User } tags Set<ipaddr>;
                    action grp; action grp2 in [grp];
                    action view in [grp2] appliesTo {
                      principal: [User], resource: [Doc],
                      context: { s?: String, u?: User, ip?: ipaddr, r?: { x?: Long }, c?: Color }
                    };
                    """)
        } catch {
            preconditionFailure("own schema: \(error)")
        }
    }()

    private static let questions: CedarPolicySet = {
        let policies = Properties.parsed(
            """
            permit (principal in Group::"g", action in Action::"grp", resource) when {
              principal.ok && principal has age && principal.age < 5
              || resource.owner == principal || principal.hasTag("t") && principal.getTag("t") like "a*"
            };
            forbid (principal, action, resource is Doc in Color::"red") when {
              principal has rec.b.c && principal.rec.b.c == "x" || context has ip && context.ip.isLoopback()
            };
            forbid (principal, action in [Action::"view"], resource) when {
              principal has us && principal.us.contains(principal) || context has u && context.u in Group::"g"
              || principal has dt && principal.dt.toDate() == principal.dt
              || principal has du && principal.du.toDays() > 3
            };
            forbid (principal is User, action, resource) when {
              principal has decs && principal.decs.contains(decimal("1.0")) || context has r.x && context.r.x == 1
              || principal has recs && principal.recs.contains({ a: 1 }) || resource.hasTag("t")
              && resource.getTag("t").containsAny([ip("::1")])
            };
            """, "own policies")
        let report = schema.validate(policies)
        precondition(report.isValid, "own policies are valid: \(report.errors)")
        return policies
    }()

    private static func uid(_ type: String, _ id: String) -> EntityUID {
        guard let uid = EntityUID(type: type, id: id) else { preconditionFailure("\(type) is a type") }
        return uid
    }

    private static func request(_ context: CedarRecord) -> CedarRequest {
        CedarRequest(
            principal: uid("User", "a"), action: uid("Action", "view"), resource: uid("Doc", "d"), context: context)
    }

    /// Valid policies err on data that conforms only where no validator can know better.
    static func ask(_ policies: CedarPolicySet, _ context: CedarRecord, _ entities: CedarEntities) {
        for failure in policies.answer(request(context), entities).failures {
            switch failure.error.failure {
            case .overflow, .missingEntity: continue
            default: preconditionFailure("a valid policy erred: \(failure.error)")
            }
        }
    }

    /// What is valid strictly is valid permissively too, and does not err.
    static func validate(_ policies: CedarPolicySet) {
        let strict = schema.validate(policies)
        for finding in strict.errors + strict.warnings { _ = finding.description }
        let isSafe = schema.validate(policies, mode: .permissive).isValid
        Properties.demand(isSafe || !strict.isValid, "permissive validation allows more than strict validation")
        let isNear = schema.validate(policies, level: 1).isValid
        Properties.demand(strict.isValid || !isNear, "a level demands more and never less")
        if isSafe { ask(policies, ["s": .string("a")], sample) }
    }

    private static let sample: CedarEntities = {
        do {
            return try schema.entities(
                json: """
                    [{"uid": {"type": "User", "id": "a"}, "attrs": {"ok": true, "age": 1, "ip": "::1",
                      "rec": {"a": 1, "b": {"c": "x"}}}, "parents": [{"type": "Group", "id": "g"}], "tags": {"t": "a"}},
                     {"uid": {"type": "Doc", "id": "d"}, "attrs": {"owner": {"type": "User", "id": "a"}}}]
                    """)
        } catch {
            preconditionFailure("own entities: \(error)")
        }
    }()

    /// An array is entities, an object a context; read as the schema says they conform to it.
    static func read(_ text: String) {
        if let entities = try? schema.entities(json: text) { ask(questions, [:], entities) }
        if let context = try? schema.context(json: text, for: uid("Action", "view")) {
            let asked = request(context)
            Properties.demand((try? schema.validate(asked)) != nil, "a context that was read conforms")
            ask(questions, context, sample)
        }
    }
}

extension Properties {
    /// Entities and contexts, with a schema and without.
    static func entityJSON(_ text: String) {
        FuzzWorld.read(text)
        let own = parsed(questions, "own text parses")
        if let entities = try? CedarEntities(json: text) {
            _ = own.answer(request(["a": .string("b")]), entities)
        }
        if let context = try? CedarRecord(json: text) { _ = own.answer(request(context), CedarEntities()) }
    }

    /// A schema in either syntax is written in both, read again, and used.
    static func schemaText(_ text: String) {
        if let schema = try? CedarSchema(cedar: text) { convert(schema) }
        if let schema = try? CedarSchema(json: text) { convert(schema) }
    }

    private static func convert(_ schema: CedarSchema) {
        do {
            demand(same(try CedarSchema(json: schema.json).json, schema.json), "the JSON form of a schema comes back")
        } catch {
            preconditionFailure("the JSON form of a schema is read: \(error)\n\(schema.json)")
        }
        // Text cannot say everything that JSON says, which is an error and not another schema.
        if let text = try? schema.cedarText() {
            do {
                demand(same(try CedarSchema(cedar: text).cedarText(), text), "the text of a schema comes back")
            } catch {
                preconditionFailure("the text of a schema is read: \(error)\n\(text)")
            }
        }
        use(schema)
    }

    private static func use(_ schema: CedarSchema) {
        _ = try? schema.entities(json: "[]")
        let policies = parsed(questions, "own text parses")
        let strict = schema.validate(policies)
        demand(
            schema.validate(policies, mode: .permissive).isValid || !strict.isValid,
            "permissive validation allows more than strict validation")
        for action in schema.actions {
            for type in schema.entityTypes.prefix(4) {
                let uid = EntityUID(type: type, id: "a")
                let request = CedarRequest(principal: uid, action: action, resource: uid, context: [:])
                _ = try? schema.validate(request)
                _ = try? schema.validate(CedarEntity(uid: uid))
            }
        }
    }
}
