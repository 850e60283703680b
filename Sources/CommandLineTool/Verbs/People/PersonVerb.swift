package import ArgumentParser

/// `countersign person`: who decides.
package struct PersonVerb: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "person", abstract: "People: approvers, administrators, auditors.",
        subcommands: [CreatePerson.self, EnrolPerson.self, ListPersons.self, DisablePerson.self])

    package init() {}
}
