/// A rule of the house that the compiler does not check (`docs/architecture/modules.md`, "Rules").
enum HouseRule: String, CaseIterable, Sendable {
    case outsideImport, forbiddenCode, clock, printing, fileSize, functionSize, typeSize, parameters, documentation
    case name, unfinished

    /// Every place where the rule does not hold.
    func violations(in file: SourceFile) -> [Violation] {
        switch self {
        case .outsideImport: outsideImports(file)
        case .forbiddenCode: forbiddenCode(file)
        case .clock: clock(file)
        case .printing: printing(file)
        case .fileSize: fileSize(file)
        case .functionSize: functionSize(file)
        case .typeSize: typeSize(file)
        case .parameters: parameters(file)
        case .documentation: documentation(file)
        case .name: names(file)
        case .unfinished: unfinished(file)
        }
    }
}

/// One place where a rule does not hold.
struct Violation: Hashable, CustomStringConvertible {
    var path: String
    /// From one.
    var line: Int
    /// What an exception names: an import, a type, a function.
    var subject: String
    var explanation: String

    var description: String { "Sources/\(path):\(line): \(subject): \(explanation)" }
}

extension HouseRule {
    private func outsideImports(_ file: SourceFile) -> [Violation] {
        let own = Set(SourceFile.sources.map(\.module)).union(["ConsoleAssets"])
        let allowed = OutsideImports.allowed(in: file.module)
        return file.code.enumerated().compactMap { index, line in
            guard line.contains("import ") else { return nil }
            let words = line.split(separator: " ").map(String.init)
            guard let place = words.firstIndex(of: "import"), words.indices.contains(place + 1) else { return nil }
            let isImport = words[..<place].allSatisfy {
                ["package", "public", "internal", "private"].contains($0) || $0.hasPrefix("@")
            }
            // `import struct Foundation.Data` names the module before the dot.
            let last = words.last?.split(separator: ".").first.map(String.init) ?? ""
            guard isImport, !own.contains(last), !allowed.contains(last) else { return nil }
            return Violation(
                path: file.path, line: index + 1, subject: last,
                explanation: "\(file.module) may not import it; see OutsideImports.swift")
        }
    }

    private func matches(_ file: SourceFile, _ needles: [String], _ explanation: String) -> [Violation] {
        file.code.enumerated().flatMap { index, line in
            needles.filter { line.contains(word: $0) }.map {
                Violation(path: file.path, line: index + 1, subject: $0, explanation: explanation)
            }
        }
    }

    private func forbiddenCode(_ file: SourceFile) -> [Violation] {
        let words = [
            "@unchecked Sendable", "nonisolated(unsafe)", "fatalError(", "try!", "as!", "preconditionFailure(",
        ]
        let unwraps = file.code.enumerated().filter { $0.element.hasForceUnwrap }.map {
            Violation(
                path: file.path, line: $0.offset + 1, subject: "force unwrap", explanation: "a crash on bad input")
        }
        return matches(file, words, "stops or blinds the program; a refusal is a value") + unwraps
    }

    private func clock(_ file: SourceFile) -> [Violation] {
        guard !["ServerRuntime", "CommandLineTool", "DemoScenario", "countersign-bench"].contains(file.module) else {
            return []
        }
        return matches(
            file, ["Date()", "Date.now", "clock_gettime(", "time(nil)", "gettimeofday("],
            "time is a parameter outside of ServerRuntime and the command line")
    }

    private func printing(_ file: SourceFile) -> [Violation] {
        guard !["CommandLineTool", "OperatorVerbs", "DemoScenario", "countersign"].contains(file.module) else {
            return []
        }
        return matches(file, ["print(", "debugPrint(", "dump("], "only the command line prints")
    }

    private func fileSize(_ file: SourceFile) -> [Violation] {
        guard file.lineCount > 300 else { return [] }
        return [
            Violation(path: file.path, line: 1, subject: "file", explanation: "\(file.lineCount) lines; 300 at most")
        ]
    }

    private func functionSize(_ file: SourceFile) -> [Violation] {
        file.declarations.compactMap { declaration in
            if case .type = declaration.kind { return nil }
            guard let body = declaration.body, body.count > 40 else { return nil }
            return Violation(
                path: file.path, line: declaration.line + 1, subject: declaration.name,
                explanation: "\(body.count) lines; 40 at most")
        }
    }

    private func typeSize(_ file: SourceFile) -> [Violation] {
        file.declarations.compactMap { declaration in
            let count = file.storedProperties(of: declaration).count
            guard count > 12 else { return nil }
            return Violation(
                path: file.path, line: declaration.line + 1, subject: declaration.name,
                explanation: "\(count) stored properties; 12 at most")
        }
    }

    /// An initialiser that only sets properties is bounded by their number, so that values need no builders.
    private func parameters(_ file: SourceFile) -> [Violation] {
        file.declarations.compactMap { declaration in
            let limit: Int
            switch declaration.kind {
            case .type: return nil
            case .function: limit = 5
            case .initialiser: limit = file.onlySetsProperties(declaration) ? 12 : 5
            }
            guard declaration.parameters > limit else { return nil }
            return Violation(
                path: file.path, line: declaration.line + 1, subject: declaration.name,
                explanation: "\(declaration.parameters) parameters; \(limit) at most")
        }
    }

    /// Nested types are documented by what they stand in, short functions and one-line types by their names, `run` by its type.
    private func documentation(_ file: SourceFile) -> [Violation] {
        file.declarations.compactMap { declaration in
            guard declaration.isVisible, !declaration.hasDocumentation else { return nil }
            switch declaration.kind {
            case .type: guard !declaration.isNested, declaration.body?.isEmpty != true else { return nil }
            case .function where declaration.name == "run": return nil
            case .function: guard let body = declaration.body, body.count > 12 else { return nil }
            case .initialiser: return nil
            }
            return Violation(
                path: file.path, line: declaration.line + 1, subject: declaration.name,
                explanation: "has no documentation comment")
        }
    }

    private func names(_ file: SourceFile) -> [Violation] {
        let keywords: Set<String> = ["struct", "enum", "class", "actor", "protocol", "func", "typealias", "var", "let"]
        return file.code.enumerated().compactMap { index, line in
            guard ForbiddenNames.parts.contains(where: { line.contains($0) }) else { return nil }
            let words = line.split { !($0.isLetter || $0.isNumber || $0 == "_") }.map(String.init)
            guard let keyword = words.firstIndex(where: { keywords.contains($0) }), words.indices.contains(keyword + 1)
            else { return nil }
            let name = words[keyword + 1]
            guard ForbiddenNames.forbids(name, declaredBy: words[keyword]) else { return nil }
            return Violation(
                path: file.path, line: index + 1, subject: name,
                explanation: "says nothing; take a word from the glossary in docs/architecture/overview.md")
        }
    }

    private func unfinished(_ file: SourceFile) -> [Violation] {
        file.lines.enumerated().flatMap { index, line in
            ["TODO", "FIXME", "XXX"].filter { line.contains(word: $0) }.map {
                Violation(path: file.path, line: index + 1, subject: $0, explanation: "finish it or open an issue")
            }
        }
    }
}
