import AuthorityCore
import CanonicalEncoding

/// How the console words the log's entries about a request.
enum TimelineWording {
    static func sentence(_ entry: TimelineEntry) -> String {
        for (kind, sentence) in sentences where entry.kind == kind { return sentence }
        // A kind that a later version writes: its word is better than nothing.
        return shown(entry.kind)
    }

    private static let sentences: [(kind: Text, sentence: String)] = [
        ("request.opened", "Asked"),
        ("request.approved", "Approved"),
        ("request.granted", "One-time token issued"),
        ("request.executing", "Claimed"),
        ("request.completed", "Completed"),
        ("request.failed", "Failed"),
        ("request.violated", "Differs from what was approved"),
        ("request.unknown", "Outcome unknown"),
        ("request.denied", "Denied"),
        ("request.cancelled", "Cancelled"),
        ("request.expired", "Expired"),
        ("request.stale", "Became stale"),
        ("request.pending", "Waits for people again"),
        ("vote.cast", "Vote recorded"),
        ("vote.withdrawn", "Vote withdrawn"),
        ("execution.claimed", "Execution began"),
        ("execution.completed", "Execution reported complete"),
        ("execution.failed", "Execution reported a failure"),
        ("execution.violated", "Execution differs from what was approved"),
        ("execution.unknown", "Execution lost"),
        ("execution.late_completion", "A late report was kept as evidence"),
        ("review.opened", "Review opened"),
    ]
}
