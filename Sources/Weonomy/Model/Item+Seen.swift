package import WeData

extension Item {
    /// The item as somebody saw it when they began to edit: what others wrote since is merged with
    /// what comes of it.
    package func asSeen(heads: [EventID], body: String) -> Item {
        // What is here now needs no copy, and none that a form has carried is as exact.
        guard Set(heads) != Set(self.heads), !heads.isEmpty else { return self }
        return Item(
            id: id, shortID: shortID, kind: kind, shareKind: shareKind, title: title, body: body,
            topics: topics, author: author, created: created, changed: changed,
            language: language, source: source, byline: byline, sourceHash: sourceHash,
            isRetracted: isRetracted, status: status, tried: tried,
            goodEnoughWhen: goodEnoughWhen, about: about, isLesson: isLesson,
            askedFor: askedFor, isHeard: isHeard, isShadow: isShadow, settled: settled,
            isLearnt: isLearnt, goal: goal, reuses: reuses, files: files,
            reactions: reactions, validations: validations, invitations: invitations, flags: flags,
            versions: versions, heads: heads)
    }
}

extension Identifier {
    /// Reads sixty-four hexadecimal digits; `nil` for anything else.
    package init?(hex text: some StringProtocol) {
        guard text.utf8.count == 64, let bytes = Hex.decode(text.lowercased()) else { return nil }
        self.init(bytes)
    }
}

extension String {
    /// The words that say something, in lower case.
    package var words: Set<String> { Words.telling(self) }
}
