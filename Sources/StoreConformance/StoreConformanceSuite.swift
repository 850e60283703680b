package import AuthorityPorts

/// What every store promises (`AuthorityPorts.Store`), as rules that a store's tests run one by one.
///
/// A rule throws when the store breaks it: a `BrokenRule`, or what the store threw where it should not have.
package struct StoreConformanceSuite: Sendable {
    /// A fresh, empty store of one rule's own, and how to close and open it again.
    package struct Subject: Sendable {
        package let store: any Store
        /// Closes the store as it is and opens it again: what was acknowledged must be there.
        package let reopen: @Sendable () async throws -> any Store

        package init(store: any Store, reopen: @escaping @Sendable () async throws -> any Store) {
            self.store = store
            self.reopen = reopen
        }
    }

    /// One sentence of the contract.
    package struct Rule: Sendable, CustomStringConvertible {
        package let description: String
        let check: @Sendable (Subject) async throws -> Void

        init(_ description: String, _ check: @escaping @Sendable (Subject) async throws -> Void) {
            self.description = description
            self.check = check
        }
    }

    private let makeSubject: @Sendable () async throws -> Subject

    package init(makeSubject: @escaping @Sendable () async throws -> Subject) {
        self.makeSubject = makeSubject
    }

    /// Every rule, for `@Test(arguments:)`.
    package static let rules: [Rule] =
        transactionRules + requestRules + listRules + claimRules + executionRules + inventoryRules + changeRules
        + upstreamRules + ceremonyRules + heldCallRules + logRules + revisionRules

    package func run(_ rule: Rule) async throws {
        try await rule.check(try await makeSubject())
    }
}

/// A store broke a rule.
package struct BrokenRule: Error, CustomStringConvertible {
    package let description: String
}

func expect(
    _ condition: Bool, _ what: String, file: StaticString = #fileID, line: UInt = #line
) throws(BrokenRule) {
    guard condition else { throw BrokenRule(description: "\(what) (\(file):\(line))") }
}

func expectEqual<Value: Equatable>(
    _ found: Value?, _ wanted: Value?, _ what: String, file: StaticString = #fileID, line: UInt = #line
) throws(BrokenRule) {
    guard found == wanted else {
        throw BrokenRule(
            description:
                "\(what): found \(String(describing: found)), wanted \(String(describing: wanted)) (\(file):\(line))")
    }
}

/// The body must be refused because a unique key exists already.
func expectAlreadyExists(
    _ what: String, file: StaticString = #fileID, line: UInt = #line, _ body: () async throws -> Void
) async throws {
    do { try await body() } catch StoreError.alreadyExists { return }
    throw BrokenRule(description: "\(what): nothing was refused (\(file):\(line))")
}
