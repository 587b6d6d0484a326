-- The roles of a store on PostgreSQL: owner, appender, reader. The one rule: nobody but the owner can change
-- or delete what is recorded. Run it in the store's database, once the store is there, as a superuser or as
-- the database's owner with CREATEROLE; running it again puts every right back as it is here.
--
--   psql --single-transaction --file=postgres_roles.sql "postgresql://admin@host/database"
--
-- None of the roles can log in. Make a login for each person or service, and grant it one of them:
--
--   CREATE ROLE clerk LOGIN PASSWORD '…'; GRANT reciprocity_appender TO clerk;

DO $$
DECLARE
    wanted text;
BEGIN
    FOREACH wanted IN ARRAY ARRAY['reciprocity_owner', 'reciprocity_appender', 'reciprocity_reader'] LOOP
        BEGIN
            IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
                EXECUTE format('CREATE ROLE %I NOLOGIN', wanted);
            END IF;
        EXCEPTION WHEN duplicate_object OR unique_violation THEN
            NULL;  -- made for another database of this server at the same moment
        END;
    END LOOP;
    -- Who gives away what is his must be able to act as the one who gets it, and that one to create schemas.
    IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
        EXECUTE format('GRANT reciprocity_owner TO %I', current_user);
    END IF;
    EXECUTE format('GRANT CREATE ON DATABASE %I TO reciprocity_owner', current_database());
END
$$;

ALTER SCHEMA reciprocity OWNER TO reciprocity_owner;
ALTER TABLE reciprocity.store OWNER TO reciprocity_owner;
ALTER TABLE reciprocity.stored_events OWNER TO reciprocity_owner;
ALTER TABLE reciprocity.commands OWNER TO reciprocity_owner;
ALTER FUNCTION reciprocity.append OWNER TO reciprocity_owner;

REVOKE ALL ON SCHEMA reciprocity FROM PUBLIC, reciprocity_reader, reciprocity_appender;
REVOKE ALL ON ALL TABLES IN SCHEMA reciprocity FROM PUBLIC, reciprocity_reader, reciprocity_appender;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA reciprocity FROM PUBLIC, reciprocity_reader, reciprocity_appender;

-- A reader reads. An appender is a reader who may also record.
GRANT USAGE ON SCHEMA reciprocity TO reciprocity_reader;
GRANT SELECT ON ALL TABLES IN SCHEMA reciprocity TO reciprocity_reader;
GRANT reciprocity_reader TO reciprocity_appender;
GRANT EXECUTE ON FUNCTION reciprocity.append TO reciprocity_appender;
