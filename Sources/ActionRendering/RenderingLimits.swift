/// Up to where a person can be expected to read. What is beyond stays shown, and cannot be approved.
package enum RenderingLimits {
    /// A value above this many bytes is marked "long, read it whole".
    package static let longValueBytes = 4096
    /// A single value above this many bytes is uninspectable.
    package static let valueBytes = 32_768
    /// All values of the action together, in bytes as shown.
    package static let totalBytes = 262_144
    /// Rows that an action is laid out in; a part that needs more is shown as one JSON text, uninspectable.
    package static let rows = 20_000
    /// A path longer than this many bytes is not extended: what is below is shown as JSON, so that long names above many
    /// leaves cannot make the rendering grow faster than the action (invariant S19).
    package static let pathBytes = 256
    /// A run of this many letters and digits without a break is data and no text.
    package static let opaqueRunBytes = 1024
    /// The command as one line is left out above this many bytes; its arguments are rows anyway.
    package static let commandLineBytes = 8192
    /// Combining marks in a row after one letter.
    package static let marksInARow = 4
}
