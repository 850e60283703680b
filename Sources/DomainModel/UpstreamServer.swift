package import CanonicalEncoding

/// A tool server as people registered it: how to reach it, and what its tools touch. It holds no credential, only where the
/// server finds them.
package struct UpstreamServer: Hashable, Sendable {
    package enum Transport: Hashable, Sendable {
        case command(Command)
        case http(Endpoint)
    }

    /// A program that speaks MCP over its standard input and output.
    package struct Command: Hashable, Sendable {
        /// The program by absolute path, and its arguments.
        package var argv: [Text]
        package var directory: Text?
        /// Everything that the program finds in its environment; nothing of ours is inherited.
        package var environment: [Setting]

        package init(argv: [Text], directory: Text? = nil, environment: [Setting] = []) {
            self.argv = argv
            self.directory = directory
            self.environment = environment
        }
    }

    /// An MCP endpoint over Streamable HTTP.
    package struct Endpoint: Hashable, Sendable {
        /// `https`, or `http` on the loopback interface.
        package var url: Text
        package var headers: [Setting]

        package init(url: Text, headers: [Setting] = []) {
            self.url = url
            self.headers = headers
        }
    }

    /// A name with its value, or with where its value is found when it is needed.
    package struct Setting: Hashable, Sendable {
        package enum Source: Hashable, Sendable {
            /// In clear, in the registration: for what is no secret.
            case text(Text)
            /// The first line of a file.
            case file(Text)
            /// A variable of the authority's own environment.
            case environment(Text)
            /// In the authority's configuration, which alone holds it: it is neither stored nor logged.
            case configuration

            /// Whether the value must not be seen anywhere.
            package var isSecret: Bool {
                switch self {
                case .text: false
                case .environment(let name): !Self.openVariables.contains(name)
                case .file, .configuration: true
                }
            }

            /// What every program of the host is told.
            private static let openVariables: Set<Text> = ["HOME", "LANG", "PATH", "TZ"]
        }

        package var name: Text
        package var source: Source

        package init(name: Text, source: Source) {
            self.name = name
            self.source = source
        }
    }

    /// What one call may take.
    package struct Limits: Hashable, Sendable {
        /// Of a result, as it comes from the server.
        package var resultBytes: Int64
        /// From sending a call to the end of its answer.
        package var callSeconds: Int64
        /// How long a client that can do nothing else stays on the line while people decide.
        package var holdSeconds: Int64

        package init(resultBytes: Int64 = 4 << 20, callSeconds: Int64 = 60, holdSeconds: Int64 = 50) {
            self.resultBytes = resultBytes
            self.callSeconds = callSeconds
            self.holdSeconds = holdSeconds
        }

        package static let allowed = Allowed()

        package struct Allowed: Sendable {
            package let resultBytes: ClosedRange<Int64> = 1_024...(8 << 20)
            package let callSeconds: ClosedRange<Int64> = 1...3_600
            package let holdSeconds: ClosedRange<Int64> = 0...600
        }
    }

    /// A read-only tool of the same server that says what another one would do, called with the same arguments.
    package struct Preview: Hashable, Sendable {
        /// Whose effect is shown.
        package var tool: Text
        /// Who shows it.
        package var preview: Text
        /// Which parts of the preview's structured content must be the same when the call is claimed, as JSON Pointers
        /// (RFC 6901); none: all of its result.
        package var fields: [Text]

        package init(tool: Text, preview: Text, fields: [Text] = []) {
            self.tool = tool
            self.preview = preview
            self.fields = fields
        }
    }

    /// `[a-z0-9-]{1,32}`, so that `server___tool` splits one way.
    package var name: Text
    package var transport: Transport
    /// What its tools touch: a server's own words do not say that.
    package var target: Target
    /// Whether what the server says of its tools (`annotations`) is taken for their traits. Otherwise they are the worst.
    package var believesAnnotations: Bool
    package var limits: Limits
    package var previews: [Preview]

    package init(
        name: Text, transport: Transport, target: Target? = nil, believesAnnotations: Bool = false,
        limits: Limits = Limits(), previews: [Preview] = []
    ) {
        self.name = name
        self.transport = transport
        self.target = target ?? Self.usualTarget(of: name)
        self.believesAnnotations = believesAnnotations
        self.limits = limits
        self.previews = previews
    }

    /// The server itself, where nobody says what its tools touch.
    package static func usualTarget(of server: Text) -> Target {
        Target(name: server, resource: ResourceReference(type: "Server", id: server), environment: "default")
    }

    package var settings: [Setting] {
        switch transport {
        case .command(let command): command.environment
        case .http(let endpoint): endpoint.headers
        }
    }

    /// Whether the authority would run a program for it, or read a file or variable of its own and hand the value on.
    package var reachesIntoTheHost: Bool {
        if case .command = transport { return true }
        return settings.contains { $0.source.isSecret }
    }

    package static func isName(_ name: Text) -> Bool {
        (1...32).contains(name.utf8.count)
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }
}
