import HTTPTypes

/// Fields of the protocol; every spelling is a legal token, so none of them is ever nil.
extension HTTPField.Name {
    static let mcpSession = named("Mcp-Session-Id")
    static let mcpRevision = named("MCP-Protocol-Version")
    static let mcpMethod = named("Mcp-Method")
    static let mcpName = named("Mcp-Name")
    static let accelBuffering = named("X-Accel-Buffering")

    /// Before it stands the name that a schema gives to one argument.
    static let mcpParameterPrefix = "mcp-param-"

    private static func named(_ name: String) -> HTTPField.Name {
        HTTPField.Name(name) ?? .connection
    }
}
