import APIClient
import AuthorityTestKit
import CanonicalEncoding
import DomainModel
import Foundation
import SecretMaterial
import Testing
import WireProtocol

extension HTTPEdge {
    /// Something under the request changes, and whoever takes the next step learns it.
    static let stale: [HTTPEdge] =
        beforeClaim.flatMap { status in
            [
                changes(status, .toolChanged, "another definition of the tool") { walker in
                    var tool = Scenario.tool
                    tool.reference.definition = Digest(sha256: [1])
                    try await walker.track.ana.apply(.registerTool(tool))
                },
                changes(status, .toolChanged, "a disabled tool") { walker in
                    try await walker.track.ana.apply(.disableTool(server: "orders-db", name: "execute"))
                },
                changes(status, .policyChanged, "a policy that asks more people") { walker in
                    try await walker.load(Scenario.Rule(quorum: 2))
                },
            ]
        }
        + [RequestStatus.approved, .granted].flatMap { status in
            [fileChanged(status), approverDisabled(status)]
        } + beforeClaim.flatMap { status in [keyRetired(status), providerMoved(status), taskEnded(status)] }
        + [retiredKey]

    /// The record is put back: what had not ended is stale, what was executing is unknown.
    static let restores: [HTTPEdge] =
        beforeClaim.map { status in
            HTTPEdge(EdgeName(status, .stale, .epochChanged), "the record is restored") { walker in
                try await walker.reach(status)
                try await walker.track.restore()
                try await walker.becomes(.stale)
            }
        } + [
            HTTPEdge(EdgeName(.executing, .unknown, .epochChanged), "the record is restored") { walker in
                try await walker.reach(.executing)
                try await walker.track.restore()
                try await walker.becomes(.unknown)
            }
        ]

    private static func changes(
        _ status: RequestStatus, _ reason: EndReason, _ deed: String, _ change: @escaping Deed
    ) -> HTTPEdge {
        HTTPEdge(EdgeName(status, .stale, reason), deed) { walker in
            try await walker.reach(status)
            try await change(&walker)
            let code = try await walker.nextStep()
            #expect(code == .stale)
        }
    }

    private static func fileChanged(_ status: RequestStatus) -> HTTPEdge {
        HTTPEdge(EdgeName(status, .stale, .preconditionChanged), "another file") { walker in
            let folder = walker.track.installation.folder
            let file = URL(filePath: "\(folder)/orders.sql")
            let before = Array("DELETE FROM orders WHERE id = 7".utf8)
            try Data(before).write(to: file)
            try await walker.track.ana.apply(
                .registerProvider(FactProvider(name: "files", kind: .fileDigest, location: Text(folder))))
            let expected: JSONValue = [
                "provider": "files", "of": "orders.sql", "value": "\(Digest(sha256: before).wire)",
            ]
            try await walker.reach(status, deletion(["preconditions": [expected]]))
            try Data("DELETE FROM orders".utf8).write(to: file)
            let code = try await walker.nextStep()
            #expect(code == .stale)
        }
    }

    /// The file says the same elsewhere: what approvers were shown is where it was read.
    private static func providerMoved(_ status: RequestStatus) -> HTTPEdge {
        HTTPEdge(EdgeName(status, .stale, .factChanged), "the facts are read elsewhere") { walker in
            let folder = walker.track.installation.folder
            let bytes = Array("DELETE FROM orders WHERE id = 7".utf8)
            try FileManager.default.createDirectory(atPath: "\(folder)/moved", withIntermediateDirectories: true)
            for place in ["orders.sql", "moved/orders.sql"] {
                try Data(bytes).write(to: URL(filePath: "\(folder)/\(place)"))
            }
            try await walker.track.ana.apply(
                .registerProvider(FactProvider(name: "files", kind: .fileDigest, location: Text(folder))))
            let expected: JSONValue = [
                "provider": "files", "of": "orders.sql", "value": "\(Digest(sha256: bytes).wire)",
            ]
            try await walker.reach(status, deletion(["preconditions": [expected]]))
            try await walker.track.ana.apply(
                .registerProvider(FactProvider(name: "files", kind: .fileDigest, location: "\(folder)/moved")))
            let code = try await walker.nextStep()
            #expect(code == .stale)
        }
    }

    private static func taskEnded(_ status: RequestStatus) -> HTTPEdge {
        HTTPEdge(EdgeName(status, .stale, .taskChanged), "the request that it came out of is cancelled") { walker in
            let parent = try await walker.opened(Scenario.deletion)
            try await walker.reach(status, more: ["task": ["id": "t", "parent": .string(parent.id.text)]])
            _ = try await walker.track.client.cancel(parent.id)
            let code = try await walker.nextStep()
            #expect(code == .stale)
        }
    }

    private static func keyRetired(_ status: RequestStatus) -> HTTPEdge {
        HTTPEdge(EdgeName(status, .stale, .agentDisabled), "the key that asked is retired") { walker in
            try await walker.reach(status)
            try await walker.track.ana.apply(
                .rotateAgentKey(walker.track.client.identity.agent, jwk: SigningKey(generating: .es256).publicKey.json))
            let status = try await walker.track.ana.status(of: walker.id)
            #expect(status == .stale)
        }
    }

    private static func approverDisabled(_ status: RequestStatus) -> HTTPEdge {
        HTTPEdge(EdgeName(status, .stale, .approverChanged), "a disabled approver") { walker in
            try await walker.open(Scenario.deletion)
            try await walker.track.ben.vote(.approve, on: walker.id)
            if status == .granted { try await walker.takeToken() }
            try await walker.track.ana.apply(.disablePerson(try Scenario.name("ben")))
            let code = try await walker.nextStep()
            #expect(code == .stale)
        }
    }

    /// The key that asked is retired while another executor holds its proof.
    private static let retiredKey = HTTPEdge(EdgeName(.granted, .stale, .agentDisabled), "the agent's key is rotated") {
        walker in
        let executor = try await walker.track.addAgent("executor")
        try await walker.reach(.approved)
        try await walker.takeToken(for: executor.identity.agent)
        let proven = try walker.track.proven(walker.claim)
        try await walker.track.ana.apply(
            .rotateAgentKey(walker.track.client.identity.agent, jwk: SigningKey(generating: .es256).publicKey.json))
        let isStale = try await walker.isRefused(.stale) { _ in
            _ = try await executor.claim(proven, idempotencyKey: "once")
        }
        #expect(isStale)
    }
}
