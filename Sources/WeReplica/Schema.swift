/// The tables, by version.
///
/// The event table is the truth; all else is rebuilt from it, so a new version of a view drops and
/// refills it rather than alter it.
enum Schema {
    /// The version that this program writes; a file with a greater one is refused untouched.
    static let version: Int64 = 3
    /// Marks the file as ours for `file(1)`: "WeON".
    static let applicationID: Int64 = 0x5765_4F4E

    /// Events of about 700 bytes leave less of a page of this size empty than of the usual 4096.
    static let pageBytes = 8192

    /// The truth, and the sums over it that reconciliation asks for.
    static let events = """
        CREATE TABLE meta(
          key TEXT PRIMARY KEY,
          value ANY
        ) STRICT, WITHOUT ROWID;

        -- One row for each log. count, sequence_max, bytes and sum are kept as events come in.
        CREATE TABLE logs(
          id INTEGER PRIMARY KEY,
          class INTEGER NOT NULL,
          device BLOB NOT NULL,
          log BLOB NOT NULL,
          count INTEGER NOT NULL,
          sequence_max INTEGER NOT NULL,
          bytes INTEGER NOT NULL,
          sum BLOB NOT NULL,
          UNIQUE(class, device, log)
        ) STRICT;

        -- Sums over 256 sequence numbers each.
        CREATE TABLE blocks(
          log INTEGER NOT NULL,
          block INTEGER NOT NULL,
          count INTEGER NOT NULL,
          sum BLOB NOT NULL,
          PRIMARY KEY(log, block)
        ) STRICT, WITHOUT ROWID;

        -- position rises in order of arrival; parents always have smaller ones.
        -- prefix and rest are the 8 and the 24 bytes of the id: an index over integers is a third
        -- of one over hashes.
        -- previous is the position of the event before it in its log.
        -- object is the position of the event that created the object, a negative number for a
        -- named object, and NULL in the event that creates it and in membership.
        -- hash and size are kept only where the body is gone; else they follow from it.
        CREATE TABLE events(
          position INTEGER PRIMARY KEY,
          prefix INTEGER NOT NULL,
          rest BLOB NOT NULL,
          log INTEGER NOT NULL,
          sequence INTEGER NOT NULL,
          previous INTEGER,
          lamport INTEGER NOT NULL,
          wall INTEGER NOT NULL,
          object INTEGER,
          parents BLOB,
          signature BLOB NOT NULL,
          body BLOB,
          size INTEGER,
          hash BLOB
        ) STRICT;
        CREATE INDEX events_id ON events(prefix);
        CREATE INDEX events_log ON events(log, sequence);
        CREATE INDEX events_object ON events(object) WHERE object IS NOT NULL;

        -- The membership events that content events name: they give a log its standing.
        CREATE TABLE citations(
          log INTEGER NOT NULL,
          sequence INTEGER NOT NULL,
          event BLOB NOT NULL,
          PRIMARY KEY(log, sequence, event)
        ) STRICT, WITHOUT ROWID;

        -- Objects that are named by something else than an event: profiles, by their person.
        CREATE TABLE named_objects(
          ref INTEGER PRIMARY KEY,
          id BLOB NOT NULL UNIQUE
        ) STRICT;
        """ + erasures + arrivals

    /// What version 2 added.
    static let erasures = """

        -- What events say is to be erased, whether they count or not.
        CREATE TABLE IF NOT EXISTS erasures(
          prefix INTEGER NOT NULL,
          rest BLOB NOT NULL,
          event INTEGER NOT NULL,
          PRIMARY KEY(prefix, rest, event)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX IF NOT EXISTS erasures_event ON erasures(event);

        -- The events whose body is gone for good, and those that came without.
        CREATE TABLE IF NOT EXISTS erased(
          position INTEGER PRIMARY KEY
        ) STRICT;
        CREATE INDEX IF NOT EXISTS events_stub ON events(position) WHERE body IS NULL;

        -- Objects of which an event changed after it was stored: its body came later, or went.
        CREATE TABLE IF NOT EXISTS refreshed(
          entry INTEGER PRIMARY KEY,
          object INTEGER NOT NULL
        ) STRICT;
        """

    /// What version 3 added.
    static let arrivals = """

        -- When events came, by this laptop's clock, in milliseconds: those after the row before,
        -- through position. wall is NULL where nobody noted it.
        CREATE TABLE IF NOT EXISTS arrivals(
          position INTEGER PRIMARY KEY,
          wall INTEGER
        ) STRICT;
        """

    /// The search index, in a file of its own so that another core can write it.
    static let search = """
        CREATE TABLE meta(
          key TEXT PRIMARY KEY,
          value ANY
        ) STRICT, WITHOUT ROWID;

        -- The newest document of each object; older ones are left in the index without a row here.
        CREATE TABLE documents(
          document INTEGER PRIMARY KEY,
          object INTEGER NOT NULL UNIQUE,
          state BLOB NOT NULL,
          facts BLOB NOT NULL
        ) STRICT;

        -- Objects of which nothing counts any more, numbered among the documents.
        CREATE TABLE removed(
          document INTEGER PRIMARY KEY,
          object INTEGER NOT NULL
        ) STRICT;

        CREATE VIRTUAL TABLE search USING fts5(
          title, body, facets,
          content = '', tokenize = 'unicode61 remove_diacritics 2'
        );

        -- What documents that are nearly the same have in common, by the same rows. Each key is
        -- rare, so where it stood in a document would be half of what there is of it.
        CREATE VIRTUAL TABLE keys USING fts5(
          key, content = '', detail = none, columnsize = 0, tokenize = 'ascii'
        );
        """
}
