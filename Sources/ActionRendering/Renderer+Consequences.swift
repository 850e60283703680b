import CanonicalEncoding
import DomainModel

/// What comes first: what it is, what it may do, and where.
extension Renderer {
    static func consequences(_ subject: RenderingSubject, _ leaves: [PlacedLeaf]) -> [RenderingRow] {
        let traits = subject.tool.traits
        var rows = [
            RenderingRow(section: .consequences, label: "Operation", shown: ShownValue(subject.tool.title)),
            statement(
                "Effect",
                traits.readOnly && !traits.destructive
                    ? "Read only, says whoever registered the tool"
                    : traits.destructive
                        ? "Destructive: it may change or delete what cannot be brought back" : "Changes data",
                traits.destructive ? .danger : .plain),
            statement(
                "Reach",
                traits.openWorld ? "May reach outside the organisation" : "Stays inside the organisation",
                traits.openWorld ? .caution : .plain),
        ]
        let own = leaves.filter { $0.section == .consequences }
        for (path, label) in order {
            for leaf in own where leaf.leaf.path == path { rows.append(row(leaf, label: label)) }
        }
        for leaf in own where !order.contains(where: { $0.path == leaf.leaf.path }) {
            rows.append(row(leaf, label: "Tool"))
        }
        return rows
    }

    private static let order: [(path: Text, label: Text)] = [
        ("environment", "Environment"),
        ("resource.type", "Resource: type"),
        ("resource.id", "Resource"),
        ("tool.server", "Tool: server"),
        ("tool.name", "Tool"),
        ("tool.definition", "Tool: digest of its definition"),
    ]

    private static func statement(
        _ label: Text, _ text: Text, _ emphasis: RenderingRow.Emphasis
    ) -> RenderingRow {
        RenderingRow(section: .consequences, label: label, shown: ShownValue(text), emphasis: emphasis)
    }

    static func rowsOfArguments(_ subject: RenderingSubject, _ leaves: [PlacedLeaf]) -> [RenderingRow] {
        let arguments = leaves.filter { $0.section == .arguments }
        guard subject.tool.kind == .command else { return arguments.map { row($0, label: "Argument") } }
        var groups: [CommandPart: [RenderingRow]] = [:]
        for argument in arguments {
            let part = CommandPart(path: argument.leaf.path)
            groups[part, default: []].append(row(argument, label: part.label))
        }
        var rows: [RenderingRow] = []
        if let line = ShellLine.line(subject.action.arguments["argv"]) {
            rows.append(
                RenderingRow(section: .arguments, label: "Command, as one line", shown: ShownValue(line)))
        }
        return rows + CommandPart.allCases.flatMap { groups[$0] ?? [] }
    }
}

/// What an argument of a command is, by the member that it stands in; in the order in which people read commands.
private enum CommandPart: CaseIterable {
    case argument, executable, directory, variable, input, file, other

    init(path: Text) {
        guard let steps = ActionPath.steps(path), steps.count > 1, case .member(let name) = steps[1] else {
            self = .other
            return
        }
        self =
            switch name {
            case "argv": .argument
            case "executable": .executable
            case "cwd", "directory", "working_directory": .directory
            case "env", "environment": .variable
            case "stdin", "standard_input": .input
            case "files": .file
            default: .other
            }
    }

    var label: Text {
        switch self {
        case .argument: "Argument of the command"
        case .executable: "Program that runs"
        case .directory: "Working directory"
        case .variable: "Environment variable"
        case .input: "Standard input"
        case .file: "File that it reads"
        case .other: "Argument"
        }
    }
}
