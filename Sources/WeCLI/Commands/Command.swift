/// Does the work of one command in the table.
protocol Command: SendableMetatype {
    /// Does it, and says what came of it; or fails with a reason, having changed nothing.
    static func run(_ context: Context) async throws(Failure) -> Reply
}
