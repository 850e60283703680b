/// The known name that somebody may have meant.
enum NearestName {
    /// Nil where none is near: more than three letters, or more than a third of the name, would have to change.
    static func of(_ name: String, among known: [String]) -> String? {
        let given = Array(name.utf8.prefix(128))
        let ranked = known.map { (name: $0, distance: distance(given, Array($0.utf8))) }
        let nearest = ranked.min { $0.distance < $1.distance }
        return nearest.flatMap { $0.distance <= min(3, max(1, given.count / 3)) ? $0.name : nil }
    }

    /// How many bytes have to be put in, left out or exchanged.
    private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var row = Array(0...right.count)
        for (line, byte) in left.enumerated() {
            var previous = row[0]
            row[0] = line + 1
            for (column, other) in right.enumerated() {
                let exchanged = previous + (byte == other ? 0 : 1)
                previous = row[column + 1]
                row[column + 1] = min(exchanged, previous + 1, row[column] + 1)
            }
        }
        return row[right.count]
    }
}
