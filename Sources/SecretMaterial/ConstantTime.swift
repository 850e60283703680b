/// Whether two byte strings are equal, in a time that depends on their lengths alone.
///
/// For values whose guessing byte by byte must not be helped: session handles, one-time codes, authentication tags.
package func constantTimeEquals(_ a: [UInt8], _ b: [UInt8]) -> Bool {
    guard a.count == b.count else { return false }
    var difference: UInt8 = 0
    for index in a.indices { difference |= a[index] ^ b[index] }
    return difference == 0
}
