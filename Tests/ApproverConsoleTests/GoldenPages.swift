import ActionRendering
@testable import ApproverConsole
@testable import AuthorityCore
import CanonicalEncoding
import DomainModel
import Foundation

/// Every page with its sample, by the name of its golden file.
enum GoldenPages {
    static let names = [
        "sign-in", "enrol", "error", "inbox", "inbox-empty", "requests", "request", "request-hostile",
        "request-superseding",
        "request-bystander", "request-completed", "request-denied", "request-stale", "request-uninspectable", "agents",
        "people", "tools", "changes", "change-policy", "overview",
        "overview-empty", "policy", "policy-none", "policy-bystander",
    ]

    static func html(_ name: String) throws -> String {
        let pages = Pages(assets: try LinkedAssets(), origin: "http://localhost:7421")
        return switch name {
        case "sign-in": pages.html(SignInPage(next: "/"), setting("sign-in", "Sign in"))
        case "enrol": pages.html(EnrolPage(), setting("enrol", "Create your passkey"))
        case "error": pages.html(errorPage, setting("error", errorPage.title))
        case "inbox": pages.html(InboxPage(inbox, now: Samples.now), setting("inbox", "Inbox", .inbox, "/events"))
        case "inbox-empty": pages.html(InboxPage([], now: Samples.now), setting("inbox", "Inbox", .inbox, "/events"))
        case "requests":
            pages.html(
                RequestsPage(requests, show: "all", pageSize: 50, now: Samples.now),
                setting("requests", "Requests", .requests))
        case "agents":
            pages.html(
                AgentsPage(Samples.inventory, viewer: Samples.viewer, now: Samples.now),
                setting("agents", "Agents", .agents, "/events"))
        case "people":
            pages.html(
                PeoplePage(Samples.inventory, viewer: Samples.viewer), setting("people", "People and groups", .people))
        case "tools":
            pages.html(
                ToolsPage(
                    Samples.inventory, servers: [ServerSamples.mail, ServerSamples.orders], viewer: Samples.viewer),
                setting("tools", "Tools and targets", .tools))
        case "changes":
            pages.html(ChangesPage(Samples.inventory.changes), setting("changes", "Changes", .changes, "/events"))
        case "change-policy":
            pages.html(
                ChangePage(Samples.policyChange, inventory: Samples.inventory, viewer: Samples.viewer),
                setting("change", "Load a policy set", .changes))
        case "policy", "policy-none", "policy-bystander":
            pages.html(PolicySamples.page(name), setting("policy", "Policy", .policy))
        case "overview", "overview-empty":
            pages.html(
                overview(isEmpty: name == "overview-empty"), setting("overview", "Overview", .overview, "/events"))
        default: try requestHTML(name, pages)
        }
    }

    private static func requestHTML(_ name: String, _ pages: Pages) throws -> String {
        let page =
            switch name {
            case "request-hostile":
                Samples.page(Samples.request(2, action: Samples.hostileAction, context: Samples.hostileContext))
            case "request-superseding": Samples.page(superseding)
            case "request-bystander":
                Samples.page(
                    Samples.request(),
                    standing: .mayNot(
                        reason: "separation_of_duties_owner",
                        explanation: "You own the agent, and an owner cannot approve what it asks for."))
            case "request-completed": completed
            case "request-denied": ended(5, .denied, .peopleDenied)
            case "request-stale": ended(6, .stale, .preconditionChanged)
            case "request-uninspectable":
                Samples.page(Samples.request(7, action: Samples.action(Text(String(repeating: "A", count: 1_100)))))
            default: Samples.page(Samples.request())
            }
        let rendering = try Rendering(document: page.request.assessment.rendering)
        let model = RequestDetailPage(page, rendering: rendering, now: Samples.now)
        return pages.html(
            model, setting("request", "\(model.tool) on \(model.resource)", .requests, "/requests/\(model.id)/events"))
    }

    private static var superseding: ApprovalRequest {
        var context = Samples.harmlessContext
        context.supersedes = Samples.requestID(1)
        return Samples.request(
            3, action: Samples.action("DELETE FROM orders WHERE status = 'void' AND created < '2026-01-01'"),
            context: context, superseded: Samples.action())
    }

    private static var completed: RequestPage {
        let request = Samples.request(4, status: .completed)
        var execution = Execution(
            id: ExecutionID(at: Samples.now, random: [UInt8](repeating: 9, count: 16)), request: request.id,
            executor: Samples.agent.id, digest: request.submission.digest, claimedAt: Samples.now,
            deadline: Samples.now.adding(seconds: 600), status: .completed)
        execution.completion = Completion(
            outcome: .succeeded, observed: ["rows": "1842"], observer: .agent, at: Samples.now.adding(seconds: 3))
        let page = Samples.page(request, standing: .hasApproved)
        return RequestPage(
            request: request, votes: page.votes, tallies: page.tallies, standing: page.standing, execution: execution,
            timeline: page.timeline)
    }

    private static func ended(_ number: UInt8, _ status: RequestStatus, _ reason: EndReason) -> RequestPage {
        var request = Samples.request(number, status: status)
        request.progress.endReason = reason
        let page = Samples.page(request, standing: .hasApproved)
        guard reason == .peopleDenied else { return page }
        let denial = VoteView(
            person: Samples.alice.id, name: Samples.alice.name, decision: .deny,
            castAt: Samples.now.adding(seconds: -30),
            expiresAt: Samples.now.adding(seconds: 870), isWithdrawn: false)
        return RequestPage(
            request: request, votes: page.votes + [denial], tallies: page.tallies, standing: page.standing,
            execution: nil,
            timeline: page.timeline)
    }

    private static func overview(isEmpty: Bool) -> OverviewPage {
        let none = Overview(
            since: Samples.overview.since,
            statistics: RequestStatistics(byStatus: [:], byTier: [:], decisionMilliseconds: [], days: []), pending: 0,
            executing: 0, reviewsOpen: 0, oldestPending: nil, frozen: [])
        return OverviewPage(
            isEmpty ? none : Samples.overview, inventory: Samples.inventory,
            viewer: isEmpty ? Samples.onlooker : Samples.viewer, now: Samples.now)
    }

    private static var inbox: [InboxItem] {
        [
            InboxItem(
                request: Samples.request(), standing: .mayVote(groups: [Samples.name("dba")]),
                tallies: Samples.page(Samples.request()).tallies),
            InboxItem(
                request: Samples.request(2, action: Samples.hostileAction, context: Samples.hostileContext),
                standing: .hasApproved, tallies: []),
        ]
    }

    private static var requests: [ApprovalRequest] {
        RequestStatus.allCases.enumerated().map { Samples.request(UInt8($0 + 20), status: $1) }
    }

    private static let errorPage = ErrorPage(
        status: 404, code: "not_found", title: "There is nothing here for this caller",
        detail: "There is nothing here under that name for you.", hint: "Check the address and the identifier.",
        link: .init(href: "/", label: "Go to the inbox"), requestID: "0123456789abcdef")

    private static func setting(
        _ template: StaticString, _ title: String, _ place: ConsolePlace? = nil, _ events: String? = nil
    ) -> Pages.Setting {
        Pages.Setting(
            template: template, title: title, place: place, viewer: place == nil ? nil : "Alice Example", events: events
        )
    }
}
