import Mustache

/// Turns page models into HTML. Pure: the same model gives the same bytes.
package struct Pages: Sendable {
    let assets: LinkedAssets
    /// Shown at the foot of every page.
    let origin: String

    package init(assets: LinkedAssets, origin: String) {
        self.assets = assets
        self.origin = origin
    }

    /// The template's name and what the frame shows beside the page itself.
    struct Setting: Sendable {
        let template: StaticString
        let title: String
        var place: ConsolePlace?
        var viewer: String?
        var events: String?
    }

    func html<Page: Sendable>(_ page: Page, _ setting: Setting) -> String {
        let frame = PageFrame(
            title: setting.title,
            assets: PageFrame.Assets(
                style: assets.path(of: "console.css"), script: assets.path(of: "console.js"),
                icon: assets.path(of: "icon.svg")),
            viewer: setting.viewer,
            places: ConsolePlace.allCases.map {
                PageFrame.Place(href: $0.path, label: $0.label, isHere: $0 == setting.place)
            }, events: setting.events, origin: origin)
        let screen = Screen(frame: frame, page: page)
        return assets.templates.render(screen, withTemplate: setting.template.description) ?? ""
    }
}
