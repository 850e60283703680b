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
        }

        package var name: Text
        package var source: Source

        package init(name: Text, source: Source) {
            self.name = name
            self.source = source
        }
    }

    /// `[a-z0-9-]{1,32}`, so that `server___tool` splits one way.
    package var name: Text
    package var transport: Transport

    package init(name: Text, transport: Transport) {
        self.name = name
        self.transport = transport
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
