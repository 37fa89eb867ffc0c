-- What the tables need before they can be made.

CREATE EXTENSION IF NOT EXISTS btree_gist;

-- The order of rows of all tables: see rows.py.
CREATE SEQUENCE row_position;

-- Minutes added to a moment do not depend on the time zone, days would; so these
-- may be called immutable and stand in a constraint.
CREATE FUNCTION span_of(start timestamptz, minutes smallint) RETURNS tstzrange
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT tstzrange(start, start + make_interval(mins => minutes))
$$;

-- The patients of one group session hold one block of the clinician's time.
-- No id holds a space, so that a session is never taken for a visit.
CREATE FUNCTION block_of(
    visit_type text, appointment_id text, clinician_id text,
    start timestamptz, minutes smallint
) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN visit_type = 'group'
        THEN 'group ' || extract(epoch FROM start)::text || ' ' || minutes::text
        ELSE appointment_id
    END
$$;
