extension TextLog {
    /// Appends all columns but the inserted text, and where one column ends and the next begins.
    func write(to bytes: inout [UInt8], seams: inout [Int]) {
        PackedBytes.append(agents.count, to: &bytes)
        for index in 0..<agents.count {
            PackedBytes.append(counted: agents.agent(index)?.bytes ?? [], to: &bytes)
        }
        writeSpans(to: &bytes)
        seams.append(bytes.count)
        writeRuns(to: &bytes)
        seams.append(bytes.count)
        writeOperations(to: &bytes, seams: &seams)
    }

    /// Each stretch of names: agent, length, and how far its sequence is from where the agent's
    /// last one ended.
    private func writeSpans(to bytes: inout [UInt8]) {
        PackedBytes.append(agents.spans.count, to: &bytes)
        var next = [Int](repeating: 0, count: agents.count)
        for span in agents.spans {
            PackedBytes.append(span.agent, to: &bytes)
            PackedBytes.append(span.count, to: &bytes)
            PackedBytes.append(signed: span.sequence - next[span.agent], to: &bytes)
            next[span.agent] = span.sequence + span.count
        }
    }

    /// Each run: its length, its parents' count, and how far before its start each parent is.
    private func writeRuns(to bytes: inout [UInt8]) {
        PackedBytes.append(graph.runCount, to: &bytes)
        for run in 0..<graph.runCount {
            let start = graph.starts[run]
            PackedBytes.append(graph.end(ofRun: run) - start, to: &bytes)
            let parents = graph.parentRange(ofRun: run)
            PackedBytes.append(parents.count, to: &bytes)
            for parent in parents { PackedBytes.append(start - graph.parent(parent), to: &bytes) }
        }
    }

    private func writeOperations(to bytes: inout [UInt8], seams: inout [Int]) {
        let rows = operations.rows
        PackedBytes.append(rows.count, to: &bytes)
        for index in rows.indices {
            let length = operations.end(ofRow: index) - rows[index].version
            PackedBytes.append(length << 2 | Int(rows[index].kind.rawValue), to: &bytes)
        }
        seams.append(bytes.count)
        var last = 0
        for index in rows.indices {
            PackedBytes.append(signed: rows[index].position - last, to: &bytes)
            last = rows[index].endPosition(operations.end(ofRow: index) - rows[index].version)
        }
        seams.append(bytes.count)
    }

    // MARK: - Reading

    /// Reads all columns but the inserted text.
    init(from reader: inout PackedReader) throws(DecodingError) {
        self.init()
        for index in 0..<(try reader.count()) {
            let name = reader.bytes[try reader.range(try reader.number(max: TextAgent.bytesMax))]
            guard agents.intern(Array(name)) == index else { throw reader.error(.keyOrder) }
        }
        let count = try readSpans(&reader)
        try readRuns(&reader, count)
        try operations.readRows(&reader, count: count)
    }

    /// Reads the stretches of names and gives how many events they name.
    private mutating func readSpans(_ reader: inout PackedReader) throws(DecodingError) -> Int {
        var version = 0
        for _ in 0..<(try reader.count()) {
            let agent = try reader.number()
            guard agent < agents.count else { throw reader.error(.outOfBounds) }
            let count = try reader.number(max: 2 * Self.eventsMax - version)
            let (sequence, overflow) = agents.lastEnd(agent).addingReportingOverflow(
                try reader.signed())
            guard !overflow, sequence >= 0, count > 0,
                count <= TextEdit.sequenceMax - min(sequence, TextEdit.sequenceMax),
                agents.isFree(agent: agent, sequence..<(sequence + count))
            else { throw reader.error(.outOfBounds) }
            agents.append(agent: agent, sequence: sequence, count: count, version: version)
            version += count
        }
        return version
    }

    private mutating func readRuns(
        _ reader: inout PackedReader, _ count: Int
    ) throws(DecodingError) {
        for _ in 0..<(try reader.count()) {
            let start = graph.count
            let length = try reader.number(max: count - start)
            guard length > 0 else { throw reader.error(.outOfBounds) }
            var parents: [Int] = []
            for _ in 0..<(try reader.count()) {
                let distance = try reader.number(max: start)
                guard distance > 0, start - distance > parents.last ?? -1 else {
                    throw reader.error(.keyOrder)
                }
                parents.append(start - distance)
            }
            guard parents == graph.heads || heads(among: parents) == parents,
                isNewRun(after: parents) || start == 0
            else { throw reader.error(.outOfBounds) }
            graph.append(length, parents: parents)
        }
        guard graph.count == count else { throw reader.error(.outOfBounds) }
    }

    /// Takes all that is left as the inserted text.
    mutating func finish(from reader: inout PackedReader) throws(DecodingError) {
        let range = try reader.range(reader.bytesLeft)
        guard UTF8Check.isValid(reader.bytes, in: range),
            operations.adoptText(reader.bytes, range)
        else { throw reader.error(.invalidText) }
    }
}

extension TextOperations.Row {
    /// The position where a row of a length leaves off.
    func endPosition(_ length: Int) -> Int {
        switch kind {
        case .insert: position + length
        case .delete: position
        case .deleteBackward: position - length + 1
        }
    }
}

extension TextOperations {
    /// Reads the rows of `count` events; where their text begins, only ``setText(_:_:)`` knows.
    mutating func readRows(_ reader: inout PackedReader, count: Int) throws(DecodingError) {
        var lengths: [Int] = []
        let rowCount = try reader.count()
        lengths.reserveCapacity(rowCount)
        reserveRows(rowCount)
        for _ in 0..<rowCount { lengths.append(try reader.number()) }
        var last = 0
        for head in lengths {
            let length = head >> 2
            guard let kind = Kind(rawValue: UInt8(truncatingIfNeeded: head & 3)), length > 0,
                length <= count - self.count
            else { throw reader.error(.outOfBounds) }
            let (position, overflow) = last.addingReportingOverflow(try reader.signed())
            guard !overflow, position >= 0, position <= 2 * TextEdit.deleteCountMax + count,
                kind != .deleteBackward
                    || (length <= Self.backwardRowMax && position >= length - 1)
            else { throw reader.error(.outOfBounds) }
            let row = Row(
                version: self.count, position: position, byte: 0, inserted: insertedCount,
                kind: kind)
            appendRow(row, length: length)
            last = row.endPosition(length)
        }
        guard self.count == count else { throw reader.error(.outOfBounds) }
    }
}
