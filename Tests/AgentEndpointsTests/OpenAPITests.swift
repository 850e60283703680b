import CanonicalEncoding
import DomainModel
import Foundation
import Testing
import WireProtocol

@Suite struct OpenAPITests {
    static func document() throws -> JSONValue {
        let url = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "docs/reference/openapi.json")
        return try JSONReader.read(Array(Data(contentsOf: url)))
    }

    static func operation(_ route: AgentRoute) throws -> JSONValue? {
        try document()["paths"]?[Text(route.path)]?[Text(route.method.rawValue.lowercased())]
    }

    @Test func `the document has exactly the routes of the table`() throws {
        var described: Set<String> = []
        for path in try #require(try Self.document()["paths"]?.objectValue).members {
            for method in path.value.objectValue?.members ?? [] where method.name != "parameters" {
                described.insert("\(method.name.string.uppercased()) \(path.name)")
            }
        }
        let routes =
            AgentRoute.allCases.map { "\($0.method.rawValue) \($0.path)" }
            + GatewayRoute.allCases.map { "\($0.method.rawValue) \($0.path)" }
        #expect(described == Set(routes))
    }

    @Test(arguments: AgentRoute.allCases)
    func `each route is described with its body, its parameters and its credential`(route: AgentRoute) throws {
        let operation = try #require(try Self.operation(route))
        #expect(operation["operationId"]?.stringValue == route.rawValue)
        let needsToken = operation["security"]?.arrayValue?.isEmpty == false
        #expect(needsToken == route.needsAccessToken)
        let types = operation["requestBody"]?["content"]?.objectValue?.members.map(\.name.string) ?? []
        switch route.body {
        case .none: #expect(types == [])
        case .json: #expect(types == ["application/json"])
        case .form: #expect(types == ["application/x-www-form-urlencoded"])
        }
        let query = operation["parameters"]?.arrayValue?.filter { $0["in"] == "query" }.compactMap {
            $0["name"]?.stringValue
        }
        #expect(query ?? [] == route.queryParameters)
    }

    @Test(arguments: GatewayRoute.allCases)
    func `each address of the gateway is described with its credential`(route: GatewayRoute) throws {
        let path = try #require(try Self.document()["paths"]?[Text(route.path)])
        let operation = try #require(path[Text(route.method.rawValue.lowercased())])
        #expect(operation["operationId"]?.stringValue == route.rawValue)
        #expect((operation["security"]?.arrayValue?.isEmpty == false) == route.needsAccessToken)
    }

    @Test func `every reference leads somewhere`() throws {
        let document = try Self.document()
        func check(_ value: JSONValue) {
            if let target = value["$ref"]?.stringValue {
                let found = target.dropFirst(2).split(separator: "/").reduce(document as JSONValue?) {
                    $0?[Text(String($1))]
                }
                #expect(found != nil, "\(target)")
            }
            value.objectValue?.members.forEach { check($0.value) }
            value.arrayValue?.forEach(check)
        }
        check(document)
    }

    @Test func `the statuses of a request are those of the domain`() throws {
        let words = try Self.document()["components"]?["schemas"]?["Request"]?["properties"]?["status"]?["enum"]
        let named = words?.arrayValue?.compactMap(\.stringValue) ?? []
        #expect(named.sorted() == RequestStatus.allCases.map(\.rawValue).sorted())
    }
}
