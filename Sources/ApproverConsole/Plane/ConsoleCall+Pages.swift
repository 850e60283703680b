import ActionRendering
import AuthorityCore
import CanonicalEncoding
import DomainModel
import Hummingbird
import WireProtocol

/// The pages: read, lay out, render.
extension ConsoleCall {
    func inboxPage(_ viewer: Viewer) async throws(AuthorityError) -> Response {
        let items = try await ReadInbox(authority).run(viewer)
        return page(
            InboxPage(items, now: authority.now), setting("inbox", "Inbox", .inbox, viewer, events: "/events"))
    }

    func requestsPage(_ viewer: Viewer) async throws(AuthorityError) -> Response {
        let size = 50
        let show = query("show") ?? "all"
        let filter = RequestsPage.filters.first { Text($0.word.description) == show } ?? RequestsPage.filters[0]
        let requests = try await ReadRequests(authority).run(
            viewer, statuses: filter.statuses, before: query("before"), limit: size)
        return page(
            RequestsPage(requests, show: Text(filter.word.description), pageSize: size, now: authority.now),
            setting("requests", "Requests", .requests, viewer))
    }

    func requestPage(_ viewer: Viewer) async throws(AuthorityError) -> Response {
        let read = try await ReadRequestPage(authority).run(viewer, id: id)
        let rendering: Rendering
        do {
            rendering = try Rendering(document: read.request.assessment.rendering)
        } catch {
            throw AuthorityError(
                .storeDamaged, "What was to be shown for this request cannot be read.", context: "\(error)")
        }
        let model = RequestDetailPage(read, rendering: rendering, now: authority.now)
        return page(
            model,
            setting(
                "request", "\(model.tool) on \(model.resource)", .requests, viewer, events: "/requests/\(id)/events"))
    }

    func agentsPage(_ viewer: Viewer) async throws(AuthorityError) -> Response {
        let inventory = try await ReadInventory(authority).run(viewer)
        return page(
            AgentsPage(inventory, viewer: viewer, now: authority.now),
            setting("agents", "Agents", .agents, viewer, events: "/events"))
    }

    func peoplePage(_ viewer: Viewer) async throws(AuthorityError) -> Response {
        let inventory = try await ReadInventory(authority).run(viewer)
        return page(PeoplePage(inventory, viewer: viewer), setting("people", "People and groups", .people, viewer))
    }

    func toolsPage(_ viewer: Viewer) async throws(AuthorityError) -> Response {
        let inventory = try await ReadInventory(authority).run(viewer)
        let servers = try await ReadToolServers(authority).run(viewer)
        return page(
            ToolsPage(inventory, servers: servers, viewer: viewer),
            setting("tools", "Tools and targets", .tools, viewer))
    }

    func changesPage(_ viewer: Viewer) async throws(AuthorityError) -> Response {
        let inventory = try await ReadInventory(authority).run(viewer)
        return page(
            ChangesPage(inventory.changes), setting("changes", "Changes", .changes, viewer, events: "/events"))
    }

    func changePage(_ viewer: Viewer) async throws(AuthorityError) -> Response {
        let proposal = try await ReadChange(authority).run(id: id)
        let inventory = try await ReadInventory(authority).run(viewer)
        let replaced = try await ReadPolicy(authority).replaced(by: proposal, viewer)
        let before = replaced.map { ReplacedPolicy(source: $0.old?.source ?? "") }
        let model = ChangePage(proposal, inventory: inventory, viewer: viewer, replaced: before)
        return page(model, setting("change", model.proposal.title, .changes, viewer))
    }

    func overviewPage(_ viewer: Viewer) async throws(AuthorityError) -> Response {
        let overview = try await ReadOverview(authority).run(viewer)
        let inventory = try await ReadInventory(authority).run(viewer)
        let model = OverviewPage(overview, inventory: inventory, viewer: viewer, now: authority.now)
        return page(model, setting("overview", "Overview", .overview, viewer, events: "/events"))
    }

    func setting(
        _ template: StaticString, _ title: String, _ place: ConsolePlace, _ viewer: Viewer, events: String? = nil
    ) -> Pages.Setting {
        Pages.Setting(
            template: template, title: title, place: place, viewer: shown(viewer.person.name), events: events)
    }
}
