/// Numbers names: equal names have equal numbers, so that what is compared after one look-up are integers.
///
/// Names bring their hash, which is seeded; they stand in the first free place behind the one that the hash says.
struct NameTable<Name: Equatable & Sendable>: Sendable {
    /// By number.
    private(set) var names: [Name] = []
    private var hashes: [Int] = []
    /// Numbers by place, -1 where nothing stands. A power of two, and never more than half full.
    private var places: [Int32] = Array(repeating: -1, count: 8)

    var count: Int { names.count }

    /// Nil when the name is not in the table.
    func number(of name: Name, hash: Int) -> Int32? {
        let number = places[place(of: name, hash)]
        return number < 0 ? nil : number
    }

    /// The name's number, a new one if it has none.
    mutating func insert(_ name: Name, hash: Int) -> Int32 {
        var place = place(of: name, hash)
        if places[place] >= 0 { return places[place] }
        if (names.count + 1) * 2 > places.count {
            grow()
            place = self.place(of: name, hash)
        }
        let number = Int32(names.count)
        names.append(name)
        hashes.append(hash)
        places[place] = number
        return number
    }

    /// Where the name stands or would stand.
    private func place(of name: Name, _ hash: Int) -> Int {
        var place = hash & (places.count - 1)
        while places[place] >= 0 {
            let number = Int(places[place])
            if hashes[number] == hash, names[number] == name { break }
            place = (place + 1) & (places.count - 1)
        }
        return place
    }

    private mutating func grow() {
        places = Array(repeating: -1, count: places.count * 2)
        for (number, hash) in hashes.enumerated() {
            var place = hash & (places.count - 1)
            while places[place] >= 0 { place = (place + 1) & (places.count - 1) }
            places[place] = Int32(number)
        }
    }
}

extension NameTable<EntityUID> {
    func number(of uid: EntityUID) -> Int32? { number(of: uid, hash: uid.nameHash) }
    mutating func insert(_ uid: EntityUID) -> Int32 { insert(uid, hash: uid.nameHash) }
}

/// A few numbers, which need no memory of their own as long as they are few.
struct NumberList {
    private var first = InlineArray<8, Int32>(repeating: 0)
    private var more: [Int32] = []
    private(set) var count = 0

    mutating func append(_ number: Int32) {
        if count < 8 { first[count] = number } else { more.append(number) }
        count += 1
    }

    subscript(index: Int) -> Int32 { index < 8 ? first[index] : more[index - 8] }

    func contains(_ number: Int32) -> Bool {
        for index in 0..<min(count, 8) where first[index] == number { return true }
        return more.contains(number)
    }
}
