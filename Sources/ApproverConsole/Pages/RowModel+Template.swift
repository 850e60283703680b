import Mustache

// A request may have thousands of rows, and a value thousands of lines. The template engine reads the properties of a model
// by reflection, and looks for one that is nil in every model around it as well; these answer for themselves instead.

extension RowModel: MustacheParent {
    /// What is absent is false: never something of that name further out.
    func child(named name: String) -> Any? {
        switch name {
        case "label": label
        case "path": path
        case "place": place.map { $0 as Any } ?? false
        case "kind": kind
        case "depth": depth
        case "lines": lines
        case "isProse": isProse
        case "isChanged": isChanged
        case "isOpaque": isOpaque
        case "cautions": cautions
        case "before": before.map { $0 as Any } ?? false
        case "link": link.map { $0 as Any } ?? false
        default: nil
        }
    }
}

extension RowModel.Line: MustacheParent {
    func child(named name: String) -> Any? {
        switch name {
        case "text": text
        case "isProse": isProse
        default: nil
        }
    }
}

extension RowModel.Link: MustacheParent {
    func child(named name: String) -> Any? {
        switch name {
        case "href": href
        case "label": label
        default: nil
        }
    }
}

extension DiffModel.Line: MustacheParent {
    func child(named name: String) -> Any? {
        switch name {
        case "kind": kind
        case "mark": mark
        case "spoken": spoken.map { $0 as Any } ?? false
        case "text": text
        default: nil
        }
    }
}

extension SourceLine: MustacheParent {
    func child(named name: String) -> Any? {
        switch name {
        case "number": number
        case "text": text
        default: nil
        }
    }
}
