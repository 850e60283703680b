import CanonicalEncoding
import WireProtocol

/// Which variables the command gets: the harmless ones, and those that the caller names. Loader variables never.
struct EnvironmentChoice {
    let variables: [(name: Text, value: Text)]

    init(_ plan: CommandPlan, _ surroundings: ProcessSurroundings) throws(CommandFailure) {
        let named = plan.variables + plan.secretVariables
        for name in named {
            guard EnvironmentRule.isName(name), !EnvironmentRule.isLoaderVariable(name) else {
                throw CommandFailure(
                    "The variable \(name) is never passed.",
                    hint: "It makes programs load or run code that nobody approved.", status: .usage)
            }
            guard surroundings.environment.contains(where: { $0.name == name }) else {
                throw CommandFailure(
                    "The variable \(name) is not set.", hint: "Set and export it, or leave it out.", status: .usage)
            }
        }
        variables = surroundings.environment.filter { name, value in
            (EnvironmentRule.passesByDefault(name) || named.contains(name)) && EnvironmentRule.isName(name)
                && !EnvironmentRule.isLoaderVariable(name) && !value.utf8.contains(0)
        }
    }
}
