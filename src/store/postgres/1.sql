CREATE TABLE wangge.migrations (
    number integer PRIMARY KEY,
    at_ms bigint NOT NULL,
    program text NOT NULL
);

-- One row: what commits count on from. Its lock makes them one after another, so that whoever
-- reads the log by its numbers misses none.
CREATE TABLE wangge.counters (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    last_seq bigint NOT NULL,
    last_at_ms bigint NOT NULL
);
INSERT INTO wangge.counters (last_seq, last_at_ms) VALUES (0, 0);

-- A deleted document keeps its row without a body, so that it goes on counting when it comes back.
-- Times are milliseconds since 1970; `sum` is over the other columns. Bodies are json, not jsonb,
-- which keeps neither the spelling of numbers nor a NUL in a text.
CREATE TABLE wangge.documents (
    kind text COLLATE "C" NOT NULL,
    id text COLLATE "C" NOT NULL,
    version bigint NOT NULL,
    at_ms bigint NOT NULL,
    who text NOT NULL,
    sum bigint NOT NULL,
    body json,
    PRIMARY KEY (kind, id)
);

CREATE TABLE wangge.log (
    seq bigint PRIMARY KEY,
    kind text COLLATE "C" NOT NULL,
    id text COLLATE "C" NOT NULL,
    version bigint NOT NULL,
    at_ms bigint NOT NULL,
    who text NOT NULL,
    action text NOT NULL,
    sum bigint NOT NULL,
    body json NOT NULL,
    UNIQUE (kind, id, version),
    FOREIGN KEY (kind, id) REFERENCES wangge.documents (kind, id)
);
CREATE FUNCTION wangge.log_is_append_only() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'the log is append-only'; END $$;
CREATE TRIGGER log_is_append_only BEFORE UPDATE OR DELETE ON wangge.log
    FOR EACH ROW EXECUTE FUNCTION wangge.log_is_append_only();

-- `geojson` has every digit; PostGIS derives the geometry from it.
CREATE TABLE wangge.shapes (
    gid bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    kind text COLLATE "C" NOT NULL,
    id text COLLATE "C" NOT NULL,
    number bigint NOT NULL,
    layer text COLLATE "C" NOT NULL,
    feature text NOT NULL,
    valid_from date,
    valid_to date,
    sum bigint NOT NULL,
    properties json NOT NULL,
    geojson text NOT NULL,
    geom geometry(Geometry, 4326) NOT NULL
        GENERATED ALWAYS AS (ST_SetSRID(ST_GeomFromGeoJSON(geojson), 4326)) STORED,
    PRIMARY KEY (kind, id, number),
    FOREIGN KEY (kind, id) REFERENCES wangge.documents (kind, id)
);
CREATE INDEX shapes_by_layer ON wangge.shapes (layer, kind, id, number);
CREATE INDEX shapes_by_place ON wangge.shapes USING gist (geom);

-- For QGIS and GDAL: one type of geometry a view, each with an index of its own.
CREATE INDEX areas_by_place ON wangge.shapes
    USING gist ((ST_Multi(geom)::geometry(MultiPolygon, 4326))) WHERE ST_Dimension(geom) = 2;
CREATE VIEW wangge.areas AS
    SELECT gid, layer, feature, valid_from, valid_to, properties, kind AS document_kind,
        id AS document_id, ST_Multi(geom)::geometry(MultiPolygon, 4326) AS geom
    FROM wangge.shapes WHERE ST_Dimension(geom) = 2;
CREATE INDEX lines_by_place ON wangge.shapes
    USING gist ((ST_Multi(geom)::geometry(MultiLineString, 4326))) WHERE ST_Dimension(geom) = 1;
CREATE VIEW wangge.lines AS
    SELECT gid, layer, feature, valid_from, valid_to, properties, kind AS document_kind,
        id AS document_id, ST_Multi(geom)::geometry(MultiLineString, 4326) AS geom
    FROM wangge.shapes WHERE ST_Dimension(geom) = 1;
CREATE INDEX points_by_place ON wangge.shapes
    USING gist ((ST_Multi(geom)::geometry(MultiPoint, 4326))) WHERE ST_Dimension(geom) = 0;
CREATE VIEW wangge.points AS
    SELECT gid, layer, feature, valid_from, valid_to, properties, kind AS document_kind,
        id AS document_id, ST_Multi(geom)::geometry(MultiPoint, 4326) AS geom
    FROM wangge.shapes WHERE ST_Dimension(geom) = 0;

COMMENT ON SCHEMA wangge IS 'The store of wangge. Read it freely; only the program may write.';
