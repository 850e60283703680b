@testable import ApproverConsole
import Mustache
import Testing

/// Rows answer the template engine themselves, because reading them by reflection made a page of a large action cost four
/// times as much; so that nothing may be missing from what they answer.
@Suite struct RowModelTests {
    private static let row = RowModel(
        "label", "value", link: RowModel.Link(href: "/requests/req_1", label: "Another request"))

    private static var models: [any MustacheParent] {
        [row, row.lines[0]] + (row.link.map { [$0] } ?? [])
    }

    @Test func `a row, its lines and its link answer for every property that they have`() {
        #expect(Self.models.count == 3)
        for model in Self.models {
            let names = Mirror(reflecting: model).children.compactMap(\.label)
            #expect(!names.isEmpty)
            for name in names { #expect(model.child(named: name) != nil, "\(type(of: model)).\(name)") }
        }
    }

    @Test(arguments: ["place", "before", "link"])
    func `what a row does not have is no, and not something of the page around it`(name: String) {
        #expect(RowModel("label", "value").child(named: name) as? Bool == false)
    }
}
