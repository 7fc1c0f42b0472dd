import WeData
import WeLog

// A copied or restored file must not write on in its old logs: both copies would go on from the
// same event. Nothing breaks when it happens, since forks merge; it is noticed so that it is rare.
extension Replica {
    /// The mark of the last session that wrote here; `nil` before the first.
    ///
    /// Whoever opens the file keeps it elsewhere too, and finds by it that the file was put back or
    /// copied.
    public func placeMark() throws(ReplicaError) -> [UInt8]? {
        try snapshot { index throws(ReplicaError) in
            let row = try index.database.statement("SELECT value FROM meta WHERE key = 'place'")
            guard try row.step() else { return nil }
            defer { row.reset() }
            return row.bytes(0)
        }
    }

    /// Sets the mark; with `isCopy`, what is written from now on goes into new logs.
    public func setPlaceMark(_ mark: [UInt8], isCopy: Bool) throws(ReplicaError) {
        try change { store throws(ReplicaError) in
            if isCopy { try store.leaveLogs() }
            try store.database.run("INSERT OR REPLACE INTO meta VALUES('place', ?)", .bytes(mark))
        }
    }

    /// Whether this replica was found to be a copy or put back since this was last asked.
    ///
    /// It is found by its mark, or by a peer that brings events of this device that are not here.
    public func takeCopyNotice() throws(ReplicaError) -> Bool {
        let key = "copied"
        let isSet = try snapshot { index throws(ReplicaError) in
            try index.database.integer("SELECT 1 FROM meta WHERE key = ?", .text(key)) != nil
        }
        guard isSet else { return false }
        try change { store throws(ReplicaError) in
            try store.database.run("DELETE FROM meta WHERE key = ?", .text(key))
        }
        return true
    }
}

extension Store {
    /// This device's logs end here: the next event begins new ones.
    func leaveLogs() throws(ReplicaError) {
        try database.run("DELETE FROM meta WHERE key LIKE 'log %'")
        try database.run("INSERT OR REPLACE INTO meta VALUES('copied', 1)")
    }

    /// Events came that this device wrote into its own log and does not hold: it was put back.
    func noteOwn(_ log: LogState) throws(ReplicaError) {
        let name = "log \(log.key.logClass.rawValue) \(log.key.device)"
        let number = try database.integer("SELECT value FROM meta WHERE key = ?", .text(name))
        if number == Int64(bitPattern: log.key.log) { try leaveLogs() }
    }
}
