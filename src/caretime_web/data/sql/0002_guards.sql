-- What the database itself refuses, and what it writes down by itself.
-- Errors of ours: CT001 no author, CT002 never edited, CT003 append-only.

-- 1. Values that are never edited once they are there.

CREATE FUNCTION keep_columns() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    kept text;
    was jsonb := to_jsonb(OLD);
    is_now jsonb := to_jsonb(NEW);
BEGIN
    FOREACH kept IN ARRAY TG_ARGV LOOP
        IF was -> kept <> 'null'::jsonb AND was -> kept <> is_now -> kept THEN
            RAISE EXCEPTION '% of % is never edited', kept, TG_TABLE_NAME
                USING ERRCODE = 'CT002', COLUMN = kept, TABLE = TG_TABLE_NAME;
        END IF;
    END LOOP;
    RETURN NEW;
END
$$;

CREATE TRIGGER keep_request BEFORE UPDATE OF requested_at ON care_referral
    FOR EACH ROW EXECUTE FUNCTION keep_columns('requested_at');
CREATE TRIGGER keep_request
    BEFORE UPDATE OF requested_at, offered_at ON care_appointment
    FOR EACH ROW EXECUTE FUNCTION keep_columns('requested_at', 'offered_at');

-- 2. Who sees a patient is a clinician or a network therapist: a reference to one of
-- two tables. Locks as of a foreign key, so that neither side goes while the other
-- looks.

CREATE FUNCTION refer_to_treating() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM care_clinician WHERE clinician_id = NEW.clinician_id FOR KEY SHARE;
    IF FOUND THEN
        RETURN NEW;
    END IF;
    PERFORM FROM care_network_therapist WHERE therapist_id = NEW.clinician_id
        FOR KEY SHARE;
    IF FOUND THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'there is no clinician or network therapist %', NEW.clinician_id
        USING ERRCODE = 'foreign_key_violation', TABLE = TG_TABLE_NAME,
            CONSTRAINT = 'appointment_treating';
END
$$;

CREATE TRIGGER refer_to_treating
    BEFORE INSERT OR UPDATE OF clinician_id ON care_appointment
    FOR EACH ROW EXECUTE FUNCTION refer_to_treating();

CREATE FUNCTION keep_treating() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    gone text := to_jsonb(OLD) ->> TG_ARGV[0];
BEGIN
    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) ->> TG_ARGV[0] = gone THEN
        RETURN NULL;
    END IF;
    IF EXISTS (SELECT FROM care_appointment WHERE clinician_id = gone) THEN
        RAISE EXCEPTION '% still has appointments', gone
            USING ERRCODE = 'foreign_key_violation', TABLE = TG_TABLE_NAME,
                CONSTRAINT = 'appointment_treating';
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER keep_treating AFTER DELETE OR UPDATE OF clinician_id ON care_clinician
    FOR EACH ROW EXECUTE FUNCTION keep_treating('clinician_id');
CREATE TRIGGER keep_treating
    AFTER DELETE OR UPDATE OF therapist_id ON care_network_therapist
    FOR EACH ROW EXECUTE FUNCTION keep_treating('therapist_id');

-- 3. The chains of the log.

INSERT INTO audit_head (chain, number, hash)
SELECT chain, 0, sha256(convert_to('caretime audit chain ' || chain, 'UTF8'))
FROM generate_series(0, 15) AS chain;

-- The text of an entry from which its hash is made; moments as numbers, because
-- their text depends on the session.
CREATE FUNCTION audit_hash(entry audit_entry) RETURNS bytea
LANGUAGE sql IMMUTABLE AS $$
    SELECT sha256(convert_to(jsonb_build_array(
        entry.chain, entry.number, extract(epoch FROM entry.at), entry.by,
        entry.why, entry.act, entry.subject, entry.subject_id, entry.rows,
        entry.before, entry.after, encode(entry.digest, 'hex'),
        encode(entry.previous, 'hex')
    )::text, 'UTF8'))
$$;

-- A transaction keeps to one chain: the first that nobody else is writing to.
CREATE FUNCTION audit_chain() RETURNS smallint LANGUAGE plpgsql AS $$
DECLARE
    mine text := current_setting('caretime.chain', true);
    preferred int := pg_backend_pid() % 16;
    tried int;
BEGIN
    IF mine IS NOT NULL AND mine <> '' THEN
        RETURN mine::smallint;
    END IF;
    FOR step IN 0..15 LOOP
        tried := (preferred + step) % 16;
        EXIT WHEN pg_try_advisory_xact_lock(724001, tried);
        tried := NULL;
    END LOOP;
    IF tried IS NULL THEN
        tried := preferred;
        PERFORM pg_advisory_xact_lock(724001, tried);
    END IF;
    PERFORM set_config('caretime.chain', tried::text, true);
    RETURN tried;
END
$$;

CREATE FUNCTION audit_link() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    head audit_head;
BEGIN
    NEW.chain := audit_chain();
    SELECT * INTO STRICT head FROM audit_head WHERE chain = NEW.chain FOR UPDATE;
    NEW.number := head.number + 1;
    NEW.at := clock_timestamp();
    NEW.previous := head.hash;
    NEW.hash := audit_hash(NEW);
    UPDATE audit_head SET number = NEW.number, hash = NEW.hash
    WHERE chain = NEW.chain;
    RETURN NEW;
END
$$;

CREATE TRIGGER audit_link BEFORE INSERT ON audit_entry
    FOR EACH ROW EXECUTE FUNCTION audit_link();

CREATE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'CT003';
END
$$;

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entry
    FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE TRIGGER append_only BEFORE INSERT OR DELETE OR TRUNCATE ON audit_head
    FOR EACH STATEMENT EXECUTE FUNCTION append_only();

-- The first entry of each chain that is not as it was written.
CREATE FUNCTION audit_faults() RETURNS TABLE (chain smallint, number bigint, fault text)
LANGUAGE sql STABLE AS $$
    WITH linked AS (
        SELECT e.chain, e.number, e.previous, e.hash, audit_hash(e) AS made,
            lag(e.number, 1, 0::bigint) OVER ends AS number_before,
            lag(e.hash) OVER ends AS hash_before
        FROM audit_entry AS e
        WINDOW ends AS (PARTITION BY e.chain ORDER BY e.number)
    ),
    faults AS (
        SELECT l.chain, l.number, CASE
            WHEN l.number <> l.number_before + 1 THEN 'entries before are missing'
            WHEN l.previous <> coalesce(l.hash_before, sha256(convert_to(
                'caretime audit chain ' || l.chain, 'UTF8')))
                THEN 'does not follow from the entry before'
            WHEN l.hash <> l.made THEN 'was changed'
        END AS fault
        FROM linked AS l
        UNION ALL
        SELECT h.chain, h.number, 'entries at the end are missing or too many'
        FROM audit_head AS h
        LEFT JOIN LATERAL (
            SELECT e.number, e.hash FROM audit_entry AS e
            WHERE e.chain = h.chain ORDER BY e.number DESC LIMIT 1
        ) AS last ON true
        WHERE coalesce(last.number, 0) <> h.number
            OR (last.hash IS NOT NULL AND last.hash <> h.hash)
    )
    SELECT DISTINCT ON (f.chain) f.chain, f.number, f.fault
    FROM faults AS f WHERE f.fault IS NOT NULL ORDER BY f.chain, f.number
$$;

-- 4. Every change of every table is written down, in its own transaction.

-- One entry a row; above these many rows in one statement one entry for all, with
-- a digest of them. First argument: the key's column; second: 'values', or 'names'
-- to keep of the values only which changed.
CREATE FUNCTION audit_insert(entry_act text, subject text, key text, keep text,
    was jsonb, is_now jsonb) RETURNS void LANGUAGE sql AS $$
    INSERT INTO audit_entry
        (by, why, act, subject, subject_id, rows, before, after)
    SELECT
        current_setting('caretime.by'),
        coalesce(current_setting('caretime.why', true), ''),
        entry_act, subject, coalesce(is_now, was) ->> key, 1,
        CASE WHEN keep = 'values' THEN was END,
        CASE WHEN keep = 'values' THEN is_now ELSE (
            SELECT jsonb_agg(name ORDER BY name)
            FROM jsonb_object_keys(coalesce(is_now, was)) AS name
            WHERE was -> name IS DISTINCT FROM is_now -> name
        ) END
$$;

CREATE FUNCTION audit_rows() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    most CONSTANT int := 1000;
    key text := TG_ARGV[0];
    keep text := TG_ARGV[1];
    act text := lower(TG_OP);
    was jsonb;
    is_now jsonb;
    counted bigint;
    made bytea;
BEGIN
    IF coalesce(current_setting('caretime.by', true), '') = '' THEN
        RAISE EXCEPTION 'a change of % without an author', TG_TABLE_NAME
            USING ERRCODE = 'CT001';
    END IF;
    IF TG_OP = 'DELETE' THEN
        SELECT count(*) INTO counted FROM removed;
    ELSE
        SELECT count(*) INTO counted FROM added;
    END IF;
    IF counted = 0 THEN
        RETURN NULL;
    END IF;
    IF counted > most THEN
        IF TG_OP = 'DELETE' THEN
            SELECT sha256(string_agg(d, ''::bytea ORDER BY d)) INTO made FROM (
                SELECT sha256(convert_to((to_jsonb(r) - 'position')::text, 'UTF8'))
                FROM removed AS r) AS digests (d);
        ELSE
            SELECT sha256(string_agg(d, ''::bytea ORDER BY d)) INTO made FROM (
                SELECT sha256(convert_to((to_jsonb(a) - 'position')::text, 'UTF8'))
                FROM added AS a) AS digests (d);
        END IF;
        INSERT INTO audit_entry
            (by, why, act, subject, subject_id, rows, digest)
        VALUES (current_setting('caretime.by'),
            coalesce(current_setting('caretime.why', true), ''),
            act, TG_TABLE_NAME, '', counted, made);
    ELSIF TG_OP = 'INSERT' THEN
        FOR is_now IN SELECT to_jsonb(a) - 'position' FROM added AS a LOOP
            PERFORM audit_insert(act, TG_TABLE_NAME, key, keep, NULL, is_now);
        END LOOP;
    ELSIF TG_OP = 'DELETE' THEN
        FOR was IN SELECT to_jsonb(r) - 'position' FROM removed AS r LOOP
            PERFORM audit_insert(act, TG_TABLE_NAME, key, keep, was, NULL);
        END LOOP;
    ELSE
        FOR was, is_now IN EXECUTE format(
            'SELECT to_jsonb(r) - ''position'', to_jsonb(a) - ''position'''
            ' FROM removed AS r FULL JOIN added AS a USING (%I)'
            ' WHERE to_jsonb(r) - ''position'' IS DISTINCT FROM'
            ' to_jsonb(a) - ''position''', key)
        LOOP
            PERFORM audit_insert(act, TG_TABLE_NAME, key, keep, was, is_now);
        END LOOP;
    END IF;
    RETURN NULL;
END
$$;

-- To be called again by the migration of a new table.
CREATE FUNCTION audit_table(subject text, key text, keep text DEFAULT 'values')
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE TRIGGER audit_inserted AFTER INSERT ON %I'
        ' REFERENCING NEW TABLE AS added FOR EACH STATEMENT'
        ' EXECUTE FUNCTION audit_rows(%L, %L)', subject, key, keep);
    EXECUTE format('CREATE TRIGGER audit_updated AFTER UPDATE ON %I'
        ' REFERENCING OLD TABLE AS removed NEW TABLE AS added FOR EACH STATEMENT'
        ' EXECUTE FUNCTION audit_rows(%L, %L)', subject, key, keep);
    EXECUTE format('CREATE TRIGGER audit_deleted AFTER DELETE ON %I'
        ' REFERENCING OLD TABLE AS removed FOR EACH STATEMENT'
        ' EXECUTE FUNCTION audit_rows(%L, %L)', subject, key, keep);
    EXECUTE format('CREATE TRIGGER no_truncate BEFORE TRUNCATE ON %I'
        ' FOR EACH STATEMENT EXECUTE FUNCTION append_only()', subject);
END
$$;

SELECT audit_table(subject, key) FROM (VALUES
    ('care_clinic', 'clinic_id'), ('care_clinician', 'clinician_id'),
    ('care_network_therapist', 'therapist_id'), ('care_patient', 'patient_id'),
    ('care_group', 'group_id'), ('care_group_member', 'id'),
    ('care_referral', 'referral_id'), ('care_appointment', 'appointment_id'),
    ('site_unavailability', 'id'), ('site_work_place', 'id'), ('site_cover', 'id'),
    ('site_team_meeting', 'id'), ('site_network_hours', 'id'),
    ('site_stated_time', 'id'), ('terms_contract', 'contract_id'),
    ('terms_system', 'id'), ('terms_standard', 'standard_id'),
    ('terms_assumption', 'id'), ('plan_demand', 'id'), ('plan_absence', 'id'),
    ('plan_incident', 'incident_id'), ('plan_roster', 'roster_id'),
    ('plan_roster_week', 'id'), ('plan_roster_block', 'id')
) AS audited (subject, key);
-- Of who somebody is the log keeps which columns changed, never a name.
SELECT audit_table(subject, key, 'names') FROM (VALUES
    ('identity_user', 'id'), ('identity_person', 'patient_id'),
    ('identity_contact_point', 'id'), ('outbox_message', 'key')
) AS audited (subject, key);

-- 5. The role that planning connects as: care, terms and plans, never identity.

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'caretime_planner') THEN
        CREATE ROLE caretime_planner NOLOGIN;
    END IF;
EXCEPTION
    WHEN insufficient_privilege THEN
        RAISE EXCEPTION 'there is no role caretime_planner and we may not make it'
            USING ERRCODE = 'insufficient_privilege',
            HINT = 'ask the administrator for: CREATE ROLE caretime_planner';
END
$$;

GRANT USAGE ON SCHEMA public TO caretime_planner;
DO $$
DECLARE
    readable text;
BEGIN
    FOR readable IN
        SELECT relname FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
            AND relname ~ '^(care|site|terms|plan)_'
    LOOP
        EXECUTE format('GRANT SELECT ON %I TO caretime_planner', readable);
    END LOOP;
END
$$;
