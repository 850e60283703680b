import CanonicalEncoding
import Testing
import TransparencyLog

struct HashTileTests {
    @Test(
        arguments: [
            (0, 256, "000"), (5, 256, "005"), (999, 256, "999"), (1000, 256, "x001/000"),
            (1_234_067, 256, "x001/x234/067"), (1_234_067, 8, "x001/x234/067.p/8"), (0, 1, "000.p/1"),
        ] as [(Int64, Int, String)])
    func `Addresses are those of the format`(index: Int64, width: Int, path: String) throws {
        #expect(TilePath.text(index: index, width: width) == path)
        let read = try #require(TilePath.read(path))
        #expect(read == (index, width))
    }

    @Test(arguments: [
        "", "0", "00", "0000", "x000/000", "x001/x234/67", "x001/234/x067", "001/000", "000.p/0", "000.p/256",
        "000.p/01",
        "000.p/257", "000.p", "000.p/", "000.q/1", "000/", "-01", "x001//000", "000.p/1.p/1", "٠٠٠",
        "x999/x999/x999/x999/x999/x999/999",
    ])
    func `Any other spelling is none`(path: String) {
        #expect(TilePath.read(path) == nil)
    }

    @Test func `A tree of 70,000 has the tiles that the format counts`() throws {
        func isThere(_ level: Int, _ index: Int64, _ width: Int = 256) throws -> Bool {
            try #require(HashTile(level: level, index: index, width: width)).isWithin(size: 70_000)
        }
        #expect(try isThere(0, 272))
        #expect(try !isThere(0, 273))
        #expect(try isThere(0, 273, 112))
        #expect(try !isThere(0, 273, 113))
        #expect(try isThere(1, 0))
        #expect(try isThere(1, 1, 17))
        #expect(try !isThere(1, 1, 18))
        #expect(try isThere(2, 0, 1))
        #expect(try !isThere(2, 0, 2))
        #expect(try !isThere(0, .max))
        #expect(HashTile(level: 8, index: 0) == nil)
        #expect(HashTile(level: 0, index: -1) == nil)
        #expect(HashTile(level: 0, index: 0, width: 0) == nil)
        #expect(HashTile(level: 0, index: 0, width: 257) == nil)
    }

    @Test func `The hashes of a tile of level 1 are the roots of those below it`() throws {
        let log = KeptNodes(512)
        let upper = try #require(HashTile(level: 1, index: 0, width: 2))
        #expect(upper.isWithin(size: 512))
        for (index, node) in upper.nodes.enumerated() {
            let lower = try #require(HashTile(level: 0, index: Int64(index)))
            let below = lower.nodes.compactMap { log.nodes[$0] }
            #expect(below.count == 256)
            #expect(log.nodes[node] == KeptNodes.root(below[...]))
        }
    }
}
