"""The policy set of the browser tests: queries at once, changes need a database owner, DROP never."""

POLICY = """
@id("agents-may-work")
permit (principal is Countersign::Agent, action, resource);

@id("changes-need-people")
@tier("approval") @approvers("dba") @quorum("1") @ttl("15m") @expires("30m")
@criteria("The where clause names only void orders|A backup of today exists")
@reason("Changes of the order database need a database owner")
forbid (principal is Countersign::Agent, action == Countersign::Action::"orders-db___execute_sql", resource)
unless { context has approval && context.approval.hasTag("dba") && context.approval.getTag("dba") >= 1 };
"""
