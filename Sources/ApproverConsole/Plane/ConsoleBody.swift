import AuthorityCore
import CanonicalEncoding
import DomainModel
import Hummingbird
import NIOCore
import WireProtocol

/// The JSON body of a call, read strictly.
enum ConsoleBody {
    /// 64 KiB: ceremonies are small.
    static let greatestBytes = 65_536
    /// A policy set of 64 KiB and scenarios of as much fit, though every byte of them were written as an escape of two.
    static let greatestPolicyBytes = 4 * 65_536 + 1024

    static func read(_ request: Request, atMost greatestBytes: Int = greatestBytes) async throws(AuthorityError)
        -> MemberReader
    {
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
