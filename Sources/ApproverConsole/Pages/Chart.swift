/// A picture made of rectangles, lines and numbers; the template draws it. 480 by 170, the drawing from (40, 8) to (480, 144).
struct Chart: Sendable {
    struct Bar: Sendable {
        let series: String
        let x: String
        let y: String
        let width: String
        let height: String
    }

    struct Grid: Sendable {
        let y: String
        let textY: String
        let label: String
    }

    struct Tick: Sendable {
        let x: String
        let label: String
    }

    struct Legend: Sendable {
        let series: String
        let label: String
    }

    /// A column: its label, and its parts from the bottom up.
    struct Column: Sendable {
        let label: String
        let parts: [(series: String, count: Int)]

        var total: Int { parts.reduce(0) { $0 + $1.count } }
    }

    let spoken: String
    let remark: String
    let bars: [Bar]
    let grid: [Grid]
    let ticks: [Tick]
    let legend: [Legend]

    private static let left = 40.0
    private static let right = 480.0
    private static let top = 8.0
    private static let bottom = 144.0

    /// Nil where there is nothing to draw.
    init?(_ columns: [Column], spoken: String, remark: String = "", legend: [Legend] = []) {
        guard let greatest = columns.map(\.total).max(), greatest > 0 else { return nil }
        self.spoken = spoken
        self.remark = remark
        self.legend = legend
        let ceiling = Self.ceiling(above: greatest)
        let unit = (Self.bottom - Self.top) / Double(ceiling)
        let step = (Self.right - Self.left) / Double(columns.count)
        let width = min(36, step * 0.7)
        var bars: [Bar] = []
        var ticks: [Tick] = []
        let everyTick = max(1, (columns.count + 6) / 7)
        for (index, column) in columns.enumerated() {
            let x = Self.left + (Double(index) + 0.5) * step
            var y = Self.bottom
            for part in column.parts where part.count > 0 {
                let height = Double(part.count) * unit
                y -= height
                bars.append(
                    Bar(
                        series: part.series, x: Self.number(x - width / 2), y: Self.number(y),
                        width: Self.number(width),
                        height: Self.number(height)))
            }
            if index % everyTick == 0 { ticks.append(Tick(x: Self.number(x), label: column.label)) }
        }
        self.bars = bars
        self.ticks = ticks
        grid = (ceiling == 1 ? [0, 1] : [0, ceiling / 2, ceiling]).map { value in
            let y = Self.bottom - Double(value) * unit
            return Grid(y: Self.number(y), textY: Self.number(y + 4), label: "\(value)")
        }
    }

    /// The next even round number, so that the middle line has a whole label.
    private static func ceiling(above value: Int) -> Int {
        if value <= 1 { return 1 }
        var magnitude = 1
        while magnitude * 10 <= value { magnitude *= 10 }
        for factor in [1, 2, 4, 6, 8, 10] where factor * magnitude >= value {
            return factor * magnitude % 2 == 0 ? factor * magnitude : 2
        }
        return magnitude * 10
    }

    private static func number(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(abs(tenths % 10))"
    }
}
