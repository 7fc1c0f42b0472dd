import WeData
import WeSync

extension Engine: FileHost {
    var now: Milliseconds { loop.now }

    // MARK: - Files

    func wantedFiles(_ answer: @escaping ([FileWish], [FileID]) -> Void) {
        guard node.files != nil else { return }
        let bound = LoopBound(answer, on: loop)
        node.wantedFiles { [loop] wishes, others in
            loop.execute { bound.value(wishes, others) }
        }
    }

    func begin(_ wish: FileWish, _ answer: @escaping (ChunkSet, ChunkSet?) -> Void) {
        let bound = LoopBound(answer, on: loop)
        node.beginFile(wish) { [loop] segments, held in
            loop.execute { bound.value(segments, held) }
        }
    }

    func take(
        _ segment: FileSegment, of wish: FileWish, from peer: ConnectionID,
        _ answer: @escaping (FileTaking) -> Void
    ) {
        let bound = LoopBound(answer, on: loop)
        node.take(segment, of: wish) { [loop] taking in loop.execute { bound.value(taking) } }
    }

    func take(
        _ chunk: [UInt8], index: Int, of wish: FileWish, from peer: ConnectionID,
        _ answer: @escaping (FileTaking) -> Void
    ) {
        let bound = LoopBound(answer, on: loop)
        node.take(chunk, index: index, of: wish) { [loop] taking in
            loop.execute { bound.value(taking) }
        }
    }

    // MARK: - Sessions

    func isConnected(_ peer: ConnectionID) -> Bool { connection(peer) != nil }

    func seek(_ files: [FileID], isSettled: Bool, of peer: ConnectionID) {
        connection(peer)?.seek(files, isSettled: isSettled)
    }

    func ask(segment: Int, of file: FileID, from peer: ConnectionID) {
        connection(peer)?.ask(segment: segment, of: file)
    }

    func ask(chunks: Range<Int>, of file: FileID, from peer: ConnectionID) {
        connection(peer)?.ask(chunks: chunks, of: file)
    }

    func kept(byteCount: Int, from peer: ConnectionID) {
        connection(peer)?.fileKept(byteCount: byteCount)
    }

    // MARK: - Time

    func fileAlarm(at due: Milliseconds?) {
        if let fileTimer { loop.cancel(fileTimer) }
        fileTimer = due.map { due in
            loop.schedule(at: due) { [weak self] in
                self?.fileTimer = nil
                self?.files.alarm()
            }
        }
    }

    func transferChanged(wantedCount: Int, bytesToFetch: Int) {
        board.publish(FileTransfer(wantedCount: wantedCount, bytesToFetch: bytesToFetch))
    }
}
