CREATE TABLE migrations (
    number INTEGER PRIMARY KEY,
    at_ms INTEGER NOT NULL,
    program TEXT NOT NULL
) STRICT;

-- One row: what commits count on from.
CREATE TABLE counters (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    last_seq INTEGER NOT NULL,
    last_at_ms INTEGER NOT NULL
) STRICT;
INSERT INTO counters (one, last_seq, last_at_ms) VALUES (1, 0, 0);

-- A deleted document keeps its row without a body, so that it goes on counting when it comes back.
-- Times are milliseconds since 1970; `sum` is over the other columns.
CREATE TABLE documents (
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    at_ms INTEGER NOT NULL,
    who TEXT NOT NULL,
    sum INTEGER NOT NULL,
    body TEXT,
    PRIMARY KEY (kind, id)
) STRICT;

CREATE TABLE log (
    seq INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    at_ms INTEGER NOT NULL,
    who TEXT NOT NULL,
    action TEXT NOT NULL,
    sum INTEGER NOT NULL,
    body TEXT NOT NULL,
    UNIQUE (kind, id, version),
    FOREIGN KEY (kind, id) REFERENCES documents (kind, id)
) STRICT;
CREATE TRIGGER log_is_not_changed BEFORE UPDATE ON log
BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;
CREATE TRIGGER log_is_not_deleted BEFORE DELETE ON log
BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;

-- Days are YYYY-MM-DD; geometry is GeoJSON.
CREATE TABLE shapes (
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    number INTEGER NOT NULL,
    layer TEXT NOT NULL,
    feature TEXT NOT NULL,
    valid_from TEXT,
    valid_to TEXT,
    sum INTEGER NOT NULL,
    properties TEXT NOT NULL,
    geometry TEXT NOT NULL,
    PRIMARY KEY (kind, id, number),
    FOREIGN KEY (kind, id) REFERENCES documents (kind, id)
) STRICT;
CREATE INDEX shapes_by_layer ON shapes (layer, kind, id, number);
