-- The tables of a store on PostgreSQL, format 1. Register.open(url, create=True) runs this once, in one
-- transaction. The one rule: events enter by reciprocity.append alone, and nothing here changes or deletes one.
--
-- Ids and topics compare byte by byte, whatever the server's locale; an event is stored as the bytes it is.

CREATE SCHEMA IF NOT EXISTS reciprocity;

-- One row: the format of these tables, and the position of the last event.
CREATE TABLE reciprocity.store (
    format integer NOT NULL,
    last_position bigint NOT NULL
);
CREATE UNIQUE INDEX store_is_one_row ON reciprocity.store ((true));
INSERT INTO reciprocity.store VALUES (1, 0);

-- The position is called notification_id because the library's recorder selects it by that name.
CREATE TABLE reciprocity.stored_events (
    notification_id bigint PRIMARY KEY,
    originator_id text COLLATE "C" NOT NULL,
    originator_version bigint NOT NULL,
    topic text COLLATE "C" NOT NULL,
    state bytea NOT NULL,
    UNIQUE (originator_id, originator_version)
);

-- Which agreements there are, in the order of their first events, without reading the log.
CREATE INDEX stored_events_first ON reciprocity.stored_events (notification_id, originator_id)
    WHERE originator_version = 1;

-- A command id may be longer than an entry of a b-tree (2,704 bytes); a hash index holds any.
CREATE TABLE reciprocity.commands (
    command_id text COLLATE "C" NOT NULL,
    originator_id text COLLATE "C" NOT NULL,
    first_version bigint NOT NULL,
    EXCLUDE USING hash (command_id WITH =)
);

-- Records events in the order given, and returns the position before the first. The lock on the one row is
-- held until the end of the transaction: positions have no gaps, they become visible in their order, and
-- appenders, who all take this lock first, cannot deadlock. It runs with the rights of its owner, so that
-- an appender needs none on the tables.
CREATE FUNCTION reciprocity.append(
    agreements text[], versions bigint[], topics text[], states bytea[],
    command_ids text[], command_agreements text[], first_versions bigint[]
) RETURNS bigint
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    before bigint;
BEGIN
    UPDATE reciprocity.store SET last_position = last_position + cardinality(states)
        RETURNING last_position - cardinality(states) INTO STRICT before;
    INSERT INTO reciprocity.commands
        SELECT * FROM unnest(command_ids, command_agreements, first_versions);
    INSERT INTO reciprocity.stored_events
        SELECT before + given.place, given.agreement, given.version, given.topic, given.state
        FROM unnest(agreements, versions, topics, states)
            WITH ORDINALITY AS given (agreement, version, topic, state, place);
    NOTIFY reciprocity;
    RETURN before;
END
$$;
REVOKE ALL ON FUNCTION reciprocity.append FROM PUBLIC;
