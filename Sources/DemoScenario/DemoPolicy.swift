/// The policy that the demo puts in force: `examples/policies/demo.cedar`, linked into the program. A test compares the two.
package enum DemoPolicy {
    package static let source = #"""
        // The policy of the demo: an agent works on a database of orders with
        //
        //     countersign run --agent orders-agent --key agent.jwk --tool orders-db/sqlite3 -- sqlite3 <database> "<SQL>"
        //
        // Reads run at once; one order may be changed at once and somebody looks at it afterwards; deleting waits for an
        // operator; DROP never happens, whoever agrees. What no rule permits is denied.
        //
        // Patterns on text are no SQL parser. That is why the permits below are short lists of what is known, and everything else
        // is denied. Where you can, give agents tools with typed arguments and test context.input instead.
        //
        // Every permit names the program, the file that is executed and the shape of each argument: a rule that looks at one argument
        // alone lets anything run that takes such an argument.

        // ── Reads: one SELECT, no functions (those of the shell write files) except count(*). ──

        @id("orders-read")
        @tier("auto")
        @reason("Reading orders is routine")
        permit (principal is Countersign::Agent, action == Countersign::Action::"orders-db___sqlite3", resource)
        when {
            context.command.count == 3 && context.command.argument has "1" && context.command.argument has "2" &&
            context.command.program == "sqlite3" && context.command.executable == "/usr/bin/sqlite3" &&
            context.command.argument["1"] like "/*/orders.db" &&
            context.command.argument["2"] like "SELECT *" &&
            !(context.command.argument["2"] like "*;*") &&
            !(context.command.argument["2"] like "*\n.*") &&
            (!(context.command.argument["2"] like "*(*") ||
             (context.command.argument["2"] like "SELECT count(\*) FROM *" && !(context.command.argument["2"] like "*(*(*")))
        };

        // ── Small writes: no pattern can say "a number and nothing else", so the statements stand here word for word. ──

        @id("orders-change-one")
        @tier("review")
        @reason("One order may be changed; somebody looks at it afterwards")
        permit (principal is Countersign::Agent, action == Countersign::Action::"orders-db___sqlite3", resource)
        when {
            context.command.count == 3 && context.command.argument has "1" && context.command.argument has "2" &&
            context.command.program == "sqlite3" && context.command.executable == "/usr/bin/sqlite3" &&
            context.command.argument["1"] like "/*/orders.db" &&
            ["UPDATE orders SET status = 'open' WHERE id = 7", "UPDATE orders SET status = 'paid' WHERE id = 7",
             "UPDATE orders SET status = 'shipped' WHERE id = 7"].contains(context.command.argument["2"])
        };

        // ── Deleting: permitted in principle, and held until an operator has agreed to exactly this statement. ──

        @id("orders-delete")
        @reason("Deleting orders is possible once an operator has agreed")
        permit (principal is Countersign::Agent, action == Countersign::Action::"orders-db___sqlite3", resource)
        when {
            context.command.count == 3 && context.command.argument has "1" && context.command.argument has "2" &&
            context.command.program == "sqlite3" && context.command.executable == "/usr/bin/sqlite3" &&
            context.command.argument["1"] like "/*/orders.db" &&
            context.command.argument["2"] like "DELETE FROM *" &&
            !(context.command.argument["2"] like "*;*") &&
            !(context.command.argument["2"] like "*\n.*")
        };

        @id("orders-delete-needs-operators")
        @tier("approval")
        @approvers("operators")
        @quorum("1")
        @ttl("15m")
        @assurance("1")
        @criteria("I know which orders go and why|They are not needed for accounting")
        @reason("Deleting orders needs one operator, who does not own the agent")
        forbid (principal is Countersign::Agent, action == Countersign::Action::"orders-db___sqlite3", resource)
        when { context.command.argument has "2" && context.command.argument["2"] like "*DELETE*" }
        unless {
            context has approval &&
            context.approval.hasTag("operators") && context.approval.getTag("operators") >= 1 &&
            context.approval.assurance >= 1 &&
            context.system.now.durationSince(context.approval.approvedAt) <= duration("15m") &&
            !context.approval.approvers.contains(principal.owner)
        };

        // ── Never. ──

        @id("never-drop")
        @tier("hard")
        @reason("Tables are never dropped by an agent")
        forbid (principal, action == Countersign::Action::"orders-db___sqlite3", resource)
        when {
            context.command.line like "*DROP*" || context.command.line like "*drop*" || context.command.line like "*Drop*"
        };
        """#
}
