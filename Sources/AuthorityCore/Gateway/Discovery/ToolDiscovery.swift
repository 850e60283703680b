package import AuthorityPorts
package import CanonicalEncoding
import DomainModel
import Logging
import ModelContextProtocol
import Synchronization

/// Keeps the registry and the catalogue in step with what the tool servers offer: a service for as long as the server runs.
///
/// What a server says goes into the store first, and the catalogue is made from the store: so that nothing can be called that is
/// not registered, also after a crash in between.
package final class ToolDiscovery: Sendable {
    private struct Watched {
        let registration: UpstreamRegistration
        var schedule = DiscoverySchedule()
        /// What was recorded last, so that a server that says the same again costs nothing.
        var offer: ServerOffer?
    }

    private struct State {
        var servers: [Text: Watched] = [:]
        var isSyncWanted = false
    }

    private enum Work: Sendable {
        case sync
        case ask(UpstreamRegistration)
    }

    private let authority: Authority
    private let connections: any UpstreamConnections
    private let state = Mutex(State())
    private let work: AsyncStream<Work>
    private let queue: AsyncStream<Work>.Continuation

    package init(_ authority: Authority, connections: any UpstreamConnections) {
        self.authority = authority
        self.connections = connections
        (work, queue) = AsyncStream.makeStream()
        authority.store.observeChanges { [weak self] changes in
            if changes.contains(.inventory) { self?.wantSync() }
        }
    }

    /// Until its task is cancelled.
    package func run() async {
        wantSync()
        await withDiscardingTaskGroup { group in
            group.addTask { await self.listen() }
            for await item in work {
                switch item {
                case .sync: await sync()
                case .ask(let registration): group.addTask { await self.ask(registration) }
                }
            }
            group.cancelAll()
        }
    }

    /// To be called once a second.
    package func letOneSecondPass() {
        let due = state.withLock { state in
            state.servers.keys.compactMap { name in
                state.servers[name]?.schedule.letOneSecondPass() == true ? state.servers[name]?.registration : nil
            }
        }
        for registration in due { queue.yield(.ask(registration)) }
    }

    /// Asks the server now, or as soon as it was not asked too often.
    package func look(at server: Text) {
        let due = state.withLock { state in
            state.servers[server]?.schedule.want() == true ? state.servers[server]?.registration : nil
        }
        if let due { queue.yield(.ask(due)) }
    }

    private func wantSync() {
        let isFirst = state.withLock { state in
            defer { state.isSyncWanted = true }
            return !state.isSyncWanted
        }
        if isFirst { queue.yield(.sync) }
    }

    private func listen() async {
        let catalogue = authority.catalogue
        for await (server, event) in connections.events {
            switch event {
            case .connected(let greeting):
                catalogue.setConnection(.connected(greeting), of: server)
                look(at: server)
            case .disconnected(let reason): catalogue.setConnection(.failed(reason), of: server)
            case .said(let line): catalogue.add(line: line, saidBy: server)
            case .notified(let notification):
                if Self.listChanges.contains(notification.method) { look(at: server) }
            }
        }
    }

    private static let listChanges: Set<Text> = [
        "notifications/tools/list_changed", "notifications/resources/list_changed",
        "notifications/prompts/list_changed",
    ]
}

extension ToolDiscovery {
    /// Brings catalogue and connections in step with the store. One at a time: `run` calls it.
    private func sync() async {
        state.withLock { $0.isSyncWanted = false }
        let catalogue = authority.catalogue
        let known = catalogue.servers
        let found: [CatalogueReading]
        do { found = try await authority.read { try CatalogueReading.all($0, known: known) } } catch {
            authority.logger.error("the tool servers could not be read", metadata: ["error": "\(error.context)"])
            return
        }
        let names = Set(found.map(\.registration.server.name))
        for server in known where !names.contains(server.registration.server.name) {
            let name = server.registration.server.name
            connections.close(name)
            catalogue.remove(name)
            state.withLock { $0.servers[name] = nil }
        }
        for reading in found {
            catalogue.place(reading.registration, tools: reading.tools)
            begin(reading.registration)
        }
    }

    /// Watches a server that is new, or registered anew.
    private func begin(_ registration: UpstreamRegistration) {
        let name = registration.server.name
        let isNew = state.withLock { state in
            guard state.servers[name]?.registration != registration else { return false }
            state.servers[name] = Watched(registration: registration)
            return true
        }
        guard isNew else { return }
        _ = connections.upstream(registration.server)
        look(at: name)
    }

    private func ask(_ registration: UpstreamRegistration) async {
        let name = registration.server.name
        let upstream = connections.upstream(registration.server)
        do throws(UpstreamError) {
            let offer = try await ServerInterview(upstream: upstream).run()
            try await take(offer, from: registration)
        } catch {
            authority.logger.info(
                "a tool server was not asked", metadata: ["server": "\(name)", "reason": "\(error.explanation)"])
            if isCurrent(registration) { authority.catalogue.setConnection(.failed(error.explanation), of: name) }
            end(registration) { $0.schedule.failed() }
        }
    }

    private func take(_ offer: ServerOffer, from registration: UpstreamRegistration) async throws(UpstreamError) {
        let name = registration.server.name
        let before = state.withLock { $0.servers[name]?.offer }
        if before != offer {
            let recording = RecordOffer(authority: authority, registration: registration)
            do throws(AuthorityError) {
                guard let changed = try await recording.run(offer) else { return }
                if changed > 0 {
                    authority.logger.notice(
                        "tools changed", metadata: ["server": "\(name)", "count": "\(changed)"])
                }
            } catch {
                throw .unreadable("what it offers could not be recorded: \(error.detail)")
            }
        }
        guard isCurrent(registration) else { return }
        authority.catalogue.setConnection(.connected(offer.greeting), of: name)
        authority.catalogue.setLists(offer.lists, of: name)
        end(registration) { watched in
            watched.offer = offer
            watched.schedule.succeeded()
        }
    }

    private func isCurrent(_ registration: UpstreamRegistration) -> Bool {
        state.withLock { $0.servers[registration.server.name]?.registration == registration }
    }

    /// What a server said that is registered otherwise meanwhile is nobody's.
    private func end(_ registration: UpstreamRegistration, _ body: (inout Watched) -> Void) {
        state.withLock { state in
            guard var watched = state.servers[registration.server.name], watched.registration == registration else {
                return
            }
            body(&watched)
            state.servers[registration.server.name] = watched
        }
    }
}
