import AuthorityCore
import CanonicalEncoding
import DomainModel
import Hummingbird
import NIOCore
import WireProtocol

/// The JSON body of a call, read strictly.
enum ConsoleBody {
    /// 64 KiB: ceremonies and changes are small; a policy set has to fit, too.
    static let greatestBytes = 65_536

    static func read(_ request: Request) async throws(AuthorityError) -> MemberReader {
        let bytes: [UInt8]
        do {
            bytes = Array(buffer: try await request.body.collect(upTo: greatestBytes))
        } catch is NIOTooManyBytesError {
            throw AuthorityError(.payloadTooLarge, "The body is larger than \(greatestBytes) bytes.")
        } catch {
            throw AuthorityError(.invalidValue, "The body did not arrive whole.", context: "\(error)")
        }
        do {
            return try MemberReader(try JSONReader.read(bytes))
        } catch let error as JSONReadingError {
            throw AuthorityError(error)
        } catch let error as MemberError {
            throw AuthorityError(error)
        } catch {
            throw AuthorityError(.internal, "The server could not answer.", context: "\(error)")
        }
    }
}
