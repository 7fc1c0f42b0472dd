import Weonomy

/// The part of `/sync` that does what `weonomy carry` does.
enum CarryForm {
    /// The form, and what the visit just made did.
    static func section(_ visit: Visit, _ report: CarryReport?) -> HTML {
        guard report != nil || visit.mayWrite else { return "" }
        var html: HTML =
            "<section aria-labelledby=\"stick\"><h2 id=\"stick\">\(Text.byStickTitle)</h2>"
        if let report { html += outcome(report) }
        if visit.mayWrite {
            html += "<p>\(Text.byStickLead)</p>"
            html += visit.form(
                "/sync/carry",
                """
                \(visit.field("folder", .stickFolder, hint: .stickFolderHint, isRequired: true))
                \(visit.check("files", .withFiles))
                \(visit.check("dry-run", .onlyLook))
                \(visit.submit(.carryIt))
                """, named: .byStickTitle)
        }
        return html + "</section>"
    }

    /// Files of a stick that are named as bad; its folder has them all.
    private static let problemsMax = 20

    private static func outcome(_ report: CarryReport) -> HTML {
        let lines = Text.carried(report).map { line -> HTML in "<li>\(line)</li>" }
        let rest = report.problems.count - problemsMax
        let more: HTML = rest > 0 ? "<li class=\"warn\">\(Text.andMore(rest))</li>" : ""
        let problems = report.problems.prefix(problemsMax).map { problem -> HTML in
            "<li class=\"warn\">\(Text.problem(problem))</li>"
        }
        let last: Text = report.isDryRun ? .onlyLooked : .nothingElseTouched
        return """
            <div class="notice" role="status"><ul>\(lines)\(problems)\(more)</ul>\
            <p class="hint">\(last)</p></div>
            """
    }

    /// Visits the stick whose folder was typed.
    static func perform(_ visit: Visit) async throws -> CarryReport {
        let folder = (visit.request.form["folder"] ?? "").trimmed
        // Where this server was started means nothing to who looks at its page.
        guard folder.hasPrefix("/") else {
            throw BrainError(
                .invalid, "the folder must be given from the top",
                hint: "Such as /media/usb")
        }
        return try await visit.brain.carry(
            folder, isDryRun: visit.request.form["dry-run"] != nil,
            filesMax: visit.request.form["files"] != nil ? .max : 0)
    }
}
