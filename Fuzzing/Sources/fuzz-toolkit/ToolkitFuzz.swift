import FuzzDriver

/// What people type, import and carry about, and what browsers send.
@main
enum Main {
    static func main() {
        let targets = [
            Target("code", run: ToolkitTargets.code),
            Target("note", run: ToolkitTargets.note),
            Target("markdown", run: MarkdownTarget.run),
            Target("key-file", run: ToolkitTargets.keyFile),
            Target("brain-file", run: ToolkitTargets.brainFile),
            Target("http", run: WebTargets.http),
            Target("multipart", run: WebTargets.multipart),
        ]
        Fuzz.main(targets, seeds: Seeds.inputs)
    }
}
