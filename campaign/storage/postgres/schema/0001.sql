-- The log, personal texts, and who may do what with them. Run once, by `campaign init --server`, as campaign_owner.
-- What a row of the log holds is what SQLite's holds, column by column, so that its hash is the same on both.

CREATE SCHEMA campaign;
REVOKE ALL ON SCHEMA campaign FROM PUBLIC;

CREATE TABLE campaign.about (
    one integer PRIMARY KEY DEFAULT 1 CHECK (one = 1),
    version integer NOT NULL,
    views_shape text NOT NULL DEFAULT '',
    rehearsal boolean NOT NULL DEFAULT false
);
COMMENT ON TABLE campaign.about IS 'What was made here: the version of the tables, and which read models they are for.';
COMMENT ON COLUMN campaign.about.rehearsal IS 'Clients may set the moment of recording; only where tests run.';
INSERT INTO campaign.about (version) VALUES (1);

CREATE TABLE campaign.secrets (one integer PRIMARY KEY DEFAULT 1 CHECK (one = 1), pepper bytea NOT NULL);
COMMENT ON TABLE campaign.secrets IS 'Nobody is granted this: the key that stands between a region and CVR numbers.';
INSERT INTO campaign.secrets (pepper)
VALUES (sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())));

CREATE TABLE campaign.shapes (topic text COLLATE "C" PRIMARY KEY, shape jsonb NOT NULL);
COMMENT ON TABLE campaign.shapes IS 'What the state of each kind of event has to be (JSON Schema), from the classes of the program.';

CREATE TABLE campaign.members (
    role name PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('office', 'coordinator', 'region', 'reader', 'protection', 'backup')),
    office text COLLATE "C" NOT NULL DEFAULT '',
    region text COLLATE "C" NOT NULL DEFAULT '',
    CHECK ((kind = 'office') = (office <> '') AND (kind = 'region') = (region <> ''))
);
COMMENT ON TABLE campaign.members IS 'Which login role is what: an office, a region, a coordinator ...';

CREATE TABLE campaign.stored_events (
    position bigint PRIMARY KEY,
    originator_id text COLLATE "C" NOT NULL,
    originator_version integer NOT NULL,
    topic text COLLATE "C" NOT NULL,
    state bytea NOT NULL,
    entry text COLLATE "C",
    recorded_at text COLLATE "C" NOT NULL,
    hash bytea NOT NULL,
    office text COLLATE "C" NOT NULL,
    consultant text COLLATE "C" NOT NULL,
    act text COLLATE "C" NOT NULL,
    batch text COLLATE "C",
    UNIQUE (originator_id, originator_version)
);
COMMENT ON TABLE campaign.stored_events IS 'The log. Only campaign.append writes here, and nobody changes a row.';
COMMENT ON COLUMN campaign.stored_events.office IS 'What the state says, as are consultant, act and batch: for finding rows.';
CREATE UNIQUE INDEX one_entry_once ON campaign.stored_events (entry);
CREATE INDEX of_campaigns ON campaign.stored_events (position) WHERE topic LIKE 'Campaign.%';
CREATE INDEX of_acts ON campaign.stored_events (act, position);
CREATE INDEX of_batches ON campaign.stored_events (batch, position) WHERE batch IS NOT NULL;
CREATE INDEX by_hand ON campaign.stored_events (consultant, position DESC) WHERE batch IS NULL;

CREATE TABLE campaign.head (
    one integer PRIMARY KEY DEFAULT 1 CHECK (one = 1),
    position bigint NOT NULL,
    hash bytea NOT NULL,
    recorded_at text COLLATE "C" NOT NULL
);
COMMENT ON TABLE campaign.head IS 'The last position given out, with its hash: so a cut end of the log is noticed.';
INSERT INTO campaign.head (position, hash, recorded_at) VALUES (0, decode(repeat('00', 32), 'hex'), '');

CREATE TABLE campaign.texts (
    id text COLLATE "C" PRIMARY KEY,
    subject text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL,
    cvr text COLLATE "C" NOT NULL,
    campaign text COLLATE "C" NOT NULL,
    content text COLLATE "C" NOT NULL,
    salt bytea NOT NULL,
    kept_at text COLLATE "C" NOT NULL,
    folded text COLLATE "C",
    office text COLLATE "C" NOT NULL
);
COMMENT ON TABLE campaign.texts IS 'Personal texts, apart from the log: contacts, notes, names of sole traders.';
CREATE INDEX texts_of_subjects ON campaign.texts (subject);
CREATE INDEX texts_of_companies ON campaign.texts (cvr);
-- What ANALYZE samples would stay in pg_statistic after a text was erased.
ALTER TABLE campaign.texts ALTER content SET STATISTICS 0, ALTER salt SET STATISTICS 0, ALTER folded SET STATISTICS 0;

-- Who is asking. session_user: it stays the one who logged in, whatever a function runs as.

CREATE FUNCTION campaign.my_kind() RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
RETURN (SELECT kind FROM campaign.members WHERE role = session_user);

CREATE FUNCTION campaign.my_office() RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
RETURN (SELECT office FROM campaign.members WHERE role = session_user AND kind = 'office');

CREATE FUNCTION campaign.my_region() RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
RETURN (SELECT region FROM campaign.members WHERE role = session_user AND kind = 'region');

CREATE FUNCTION campaign.hello(
    OUT version integer, OUT views_shape text, OUT rehearsal boolean, OUT kind text, OUT office text, OUT region text
)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT a.version, a.views_shape, a.rehearsal, m.kind, m.office, m.region
    FROM campaign.about a LEFT JOIN campaign.members m ON m.role = session_user
$$;

CREATE FUNCTION campaign.hash_at(wanted bigint) RETURNS bytea
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
RETURN (SELECT hash FROM campaign.stored_events WHERE position = wanted AND campaign.my_kind() IS NOT NULL);

-- Reading streams. An office reads what others did at a company it names, but not who they were or why they said so.

-- The id of the act goes too: what is left out could be guessed from the hash of a row that is known but for four letters.
CREATE FUNCTION campaign.without_names(state bytea) RETURNS bytea
LANGUAGE sql STABLE
RETURN convert_to(
    (
        convert_from(state, 'UTF8')::jsonb || '{"by": "", "act": "00000000-0000-0000-0000-000000000000"}'::jsonb
        || CASE WHEN position('"because":'::bytea IN state) > 0 THEN '{"because": ""}' ELSE '{}' END::jsonb
    )::text,
    'UTF8'
);

-- By index: plans are kept for as long as a connection lasts, and one made while the log was short would read all of it.
CREATE FUNCTION campaign.streams(ids text[], after integer[] DEFAULT '{}')
RETURNS TABLE (originator_id text, originator_version integer, topic text, state bytea)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off
AS $$
#variable_conflict use_column
DECLARE
    me campaign.members;
BEGIN
    SELECT * INTO me FROM campaign.members m WHERE m.role = session_user;
    IF me.kind IS NULL THEN
        RETURN;
    END IF;
    RETURN QUERY SELECT e.originator_id, e.originator_version, e.topic,
        CASE WHEN me.kind = 'office' AND e.office <> me.office AND e.topic NOT LIKE 'Campaign.%'
            THEN campaign.without_names(e.state) ELSE e.state END
    FROM unnest(ids, after) AS wanted (id, version)
    JOIN campaign.stored_events e ON e.originator_id = wanted.id AND e.originator_version > coalesce(wanted.version, -1)
    WHERE me.kind IN ('office', 'coordinator', 'protection', 'backup') OR e.topic LIKE 'Campaign.%'
    ORDER BY e.originator_id, e.originator_version;
END
$$;

-- One row that no program can read would stop everybody, and nobody could take it out again.
CREATE FUNCTION campaign.fits(said jsonb, wanted jsonb) RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    word constant text := said #>> '{}';
BEGIN
    IF wanted ? '$ref' THEN
        RETURN coalesce((SELECT campaign.fits(said, s.shape) FROM campaign.shapes s WHERE s.topic = wanted ->> '$ref'), false);
    ELSIF wanted ? 'anyOf' THEN
        RETURN EXISTS (SELECT FROM jsonb_array_elements(wanted -> 'anyOf') AS one (shape) WHERE campaign.fits(said, one.shape));
    ELSIF wanted ? 'enum' THEN
        RETURN EXISTS (SELECT FROM jsonb_array_elements(wanted -> 'enum') AS one (word) WHERE one.word = said);
    ELSIF wanted ->> 'type' = 'object' THEN
        RETURN jsonb_typeof(said) = 'object'
            AND NOT EXISTS (SELECT FROM jsonb_object_keys(said) AS field (name) WHERE NOT wanted -> 'properties' ? field.name)
            AND NOT EXISTS (
                SELECT FROM jsonb_each(wanted -> 'properties') AS field (name, shape)
                WHERE CASE  -- what most fields are is looked at here: calling oneself takes ten times as long
                    WHEN NOT said ? field.name THEN wanted -> 'required' ? field.name
                    WHEN said -> field.name = 'null' AND field.shape -> 'anyOf' @> '[{"type": "null"}]' THEN false
                    WHEN field.shape = '{"type": "string"}' THEN jsonb_typeof(said -> field.name) <> 'string'
                    WHEN field.shape ->> 'format' = 'uuid' THEN jsonb_typeof(said -> field.name) <> 'string'
                        OR said ->> field.name !~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
                    ELSE NOT campaign.fits(said -> field.name, field.shape)
                END
            );
    ELSIF wanted ->> 'type' = 'integer' THEN
        RETURN jsonb_typeof(said) = 'number' AND word ~ '^-?[0-9]{1,9}$';
    ELSIF wanted ->> 'type' <> 'string' THEN
        RETURN jsonb_typeof(said) = wanted ->> 'type';
    ELSIF jsonb_typeof(said) <> 'string' THEN
        RETURN false;
    ELSIF wanted ? 'pattern' THEN
        RETURN word ~ (wanted ->> 'pattern');
    END IF;
    RETURN CASE wanted ->> 'format'
        WHEN 'uuid' THEN word ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
        WHEN 'date' THEN word ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' AND pg_input_is_valid(word, 'date')
        WHEN 'time' THEN word ~ '^([01][0-9]|2[0-3])(:[0-5][0-9]){2}(\.[0-9]{1,6})?$'
        WHEN 'date-time' THEN pg_input_is_valid(split_part(word, 'T', 1), 'date')
            AND word ~ '^[0-9]{4}(-[0-9]{2}){2}T([01][0-9]|2[0-3])(:[0-5][0-9]){2}(\.[0-9]{1,6})?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$'
        ELSE true
    END;
END
$$;

-- Appending: the only way into the log. Positions are in the order of commits, since the lock is held until then.
-- meanwhile: names of events that make no difference if they came since the stream was read; '*' stands for all.
-- CT001: another version is there; CT002: the entry is there with other content; CT003: this role may not.

CREATE FUNCTION campaign.may_append(
    me campaign.members, originator text, topic text, said jsonb, entry text, own_entries text[]
) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    erases constant boolean := topic IN ('Company.PersonErased', 'Outreach.NoteErased');
BEGIN
    IF me.kind = 'protection' THEN
        RETURN CASE WHEN NOT erases AND topic <> 'Campaign.RetentionSet' THEN 'it erases, and logs nothing else' END;
    ELSIF me.kind = 'coordinator' THEN
        RETURN CASE WHEN erases THEN 'only a data-protection officer erases' END;
    ELSIF me.kind IS DISTINCT FROM 'office' THEN
        RETURN 'it only reads';
    ELSIF erases THEN
        RETURN 'only a data-protection officer erases';
    ELSIF topic LIKE 'Campaign.%' THEN
        RETURN 'campaigns are a coordinator''s';
    ELSIF said ->> 'office' IS DISTINCT FROM me.office THEN
        RETURN format('it logs for office %s only', me.office);
    ELSIF entry IS NULL OR entry IS DISTINCT FROM replace(said ->> 'entry', '-', '') THEN
        RETURN 'an entry is known by the id that it says itself';
    ELSIF originator !~ '^[0-9a-f]{32}$' OR entry !~ '^[0-9a-f]{32}$' OR topic !~ '^(Company|Outreach)\.[A-Za-z]+$' OR EXISTS (
        SELECT FROM campaign.stored_events e
        WHERE e.originator_id = originator AND split_part(e.topic, '.', 1) <> split_part(may_append.topic, '.', 1)
    ) THEN
        RETURN 'that is no entry of a company or of an outreach';
    ELSIF said ->> 'target' IS NOT NULL AND NOT coalesce(replace(said ->> 'target', '-', '') = ANY (own_entries), false)
    AND NOT EXISTS (
        SELECT FROM campaign.stored_events e
        WHERE e.entry = replace(said ->> 'target', '-', '') AND e.office = me.office
    ) THEN
        RETURN 'the entry to be taken back is another office''s';
    END IF;
    RETURN NULL;
END
$$;

CREATE FUNCTION campaign.append(
    originators text[], versions integer[], topics text[], states bytea[], entries text[],
    texts jsonb DEFAULT NULL, moment text DEFAULT NULL, meanwhile text[] DEFAULT '{}'
) RETURNS TABLE ("position" bigint, recorded_at text, already boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '10s'
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off
AS $$
#variable_conflict use_column
DECLARE
    me campaign.members;
    free boolean := (SELECT a.rehearsal FROM campaign.about a);
    top campaign.head;
    said jsonb;
    refusal text;
    there integer;
    equal integer;
    kept text[] := '{}';
    names boolean[] := '{}';
    owners text[] := '{}';
    many constant integer := coalesce(array_length(originators, 1), 0);
BEGIN
    -- Whoever is frozen while it holds the lock loses its connection, and the others go on.
    PERFORM set_config('idle_in_transaction_session_timeout', '5000', true);
    SELECT * INTO me FROM campaign.members m WHERE m.role = session_user;
    IF me.kind IS NULL OR me.kind NOT IN ('office', 'coordinator', 'protection') THEN
        RAISE EXCEPTION 'it only reads' USING ERRCODE = 'CT003';
    END IF;
    FOR i IN 1..many LOOP
        IF NOT free OR me.kind <> 'coordinator' OR convert_from(states[i], 'UTF8') IS JSON OBJECT THEN
            refusal := campaign.may_append(
                me, originators[i], topics[i], convert_from(states[i], 'UTF8')::jsonb, entries[i], entries
            );
            IF refusal IS NOT NULL THEN
                RAISE EXCEPTION '%', refusal USING ERRCODE = 'CT003';
            END IF;
        END IF;
        IF NOT free AND NOT coalesce(
            convert_from(states[i], 'UTF8') IS JSON OBJECT WITH UNIQUE KEYS
            AND campaign.fits(convert_from(states[i], 'UTF8')::jsonb, jsonb_build_object('$ref', topics[i]))
            AND entries[i] = replace(convert_from(states[i], 'UTF8')::jsonb ->> 'entry', '-', '')
            AND originators[i] ~ '^[0-9a-f]{32}$',
            false
        ) THEN
            RAISE EXCEPTION 'that is no entry as this version knows them' USING ERRCODE = 'CT003';
        END IF;
    END LOOP;

    IF EXISTS (
        SELECT FROM jsonb_to_recordset(texts) AS t (id text, content text, salt text)
        WHERE NOT EXISTS (
            SELECT FROM unnest(states) AS s (state)
            WHERE position(convert_to(encode(sha256(
                decode(t.salt, 'hex') || decode(t.id, 'hex') || convert_to(t.content, 'UTF8')
            ), 'hex'), 'UTF8') IN s.state) > 0
        )
    ) THEN
        RAISE EXCEPTION 'a text is not the one that an entry says' USING ERRCODE = 'CT003';
    END IF;

    PERFORM pg_advisory_xact_lock(741852, 1);
    SELECT count(e.entry), count(*) FILTER (WHERE e.originator_id = n.originator AND e.topic = n.topic AND e.state = n.state)
    INTO there, equal
    FROM unnest(originators, topics, states, entries) AS n (originator, topic, state, entry)
    JOIN campaign.stored_events e ON e.entry = n.entry;
    IF there = many AND equal = many AND many > 0 THEN
        -- Something is written all the same, so that its commit waits for the standby for which the first may not have.
        UPDATE campaign.head h SET position = h.position;
        RETURN QUERY SELECT e.position, e.recorded_at, true FROM campaign.stored_events e
        WHERE e.entry = ANY (entries) ORDER BY e.position;
        RETURN;
    ELSIF there > 0 THEN
        RAISE EXCEPTION 'an entry is there already' USING ERRCODE = 'CT002';
    END IF;
    -- What commutes with all that came meanwhile goes behind it: at a company that many call, nobody starves.
    IF cardinality(meanwhile) > 0 THEN
        SELECT array_agg(n.version + coalesce(late.by, 0) ORDER BY n.nth) INTO versions
        FROM unnest(originators, versions) WITH ORDINALITY AS n (originator, version, nth)
        LEFT JOIN (
            SELECT new.originator, count(*) AS by
            FROM (
                SELECT m.originator, min(m.version) AS first
                FROM unnest(originators, versions) AS m (originator, version) GROUP BY m.originator
            ) new
            JOIN campaign.stored_events e ON e.originator_id = new.originator AND e.originator_version >= new.first
            GROUP BY new.originator HAVING bool_and(e.topic = ANY (meanwhile) OR meanwhile = ARRAY['*'])
        ) late ON late.originator = n.originator;
    END IF;
    IF NOT free AND EXISTS (
        SELECT FROM (
            SELECT n.originator, min(split_part(n.topic, '.', 1)) AS kind, max(split_part(n.topic, '.', 1)) AS other,
                bool_or((n.version = 1) <> (n.topic IN ('Campaign.Planned', 'Company.Registered', 'Outreach.Opened'))) AS odd
            FROM unnest(originators, versions, topics) AS n (originator, version, topic) GROUP BY n.originator
        ) new
        LEFT JOIN campaign.stored_events e ON e.originator_id = new.originator AND e.originator_version = 1
        WHERE new.odd OR new.kind <> new.other OR split_part(e.topic, '.', 1) <> new.kind
    ) THEN
        RAISE EXCEPTION 'another version is there' USING ERRCODE = 'CT001';
    END IF;
    IF EXISTS (
        SELECT FROM (
            SELECT n.originator, min(n.version) AS first, max(n.version) AS last, count(*) AS many
            FROM unnest(originators, versions) AS n (originator, version) GROUP BY n.originator
        ) new
        WHERE new.last - new.first + 1 <> new.many OR new.first <> 1 + coalesce(
            (SELECT max(e.originator_version) FROM campaign.stored_events e WHERE e.originator_id = new.originator),
            CASE WHEN free AND new.first = 0 THEN -1 ELSE 0 END  -- suites of the library begin at 0
        )
    ) THEN
        RAISE EXCEPTION 'another version is there' USING ERRCODE = 'CT001';
    END IF;

    SELECT * INTO STRICT top FROM campaign.head;
    IF moment IS NULL OR NOT free THEN
        moment := to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"');
    END IF;
    top.recorded_at := greatest(top.recorded_at, moment);
    FOR i IN 1..many LOOP
        top.position := top.position + 1;
        top.hash := sha256(top.hash || convert_to(
            top.position || '|' || originators[i] || '|' || versions[i] || '|' || topics[i] || '|'
            || coalesce(entries[i], '') || '|' || top.recorded_at || '|', 'UTF8') || states[i]);
        said := CASE WHEN convert_from(states[i], 'UTF8') IS JSON OBJECT THEN convert_from(states[i], 'UTF8') ELSE '{}' END;
        INSERT INTO campaign.stored_events VALUES (
            top.position, originators[i], versions[i], topics[i], states[i], entries[i], top.recorded_at, top.hash,
            coalesce(said ->> 'office', ''), coalesce(said ->> 'by', ''), coalesce(said ->> 'act', ''), said ->> 'batch'
        );
        kept := kept || replace(coalesce(said #>> '{kept,text}', said #>> '{said,name_apart,text}'), '-', '');
        names := names || (said -> 'kept' IS NULL);
        owners := owners || coalesce(said ->> 'office', '');
        position := top.position;
        recorded_at := top.recorded_at;
        already := false;
        RETURN NEXT;
    END LOOP;
    UPDATE campaign.head h SET position = top.position, hash = top.hash, recorded_at = top.recorded_at;
    -- A text belongs to the first entry that refers to it; what no entry of this call refers to is not kept.
    INSERT INTO campaign.texts
    SELECT DISTINCT ON (t.id) t.id, t.subject, t.kind, t.cvr, t.campaign, t.content, decode(t.salt, 'hex'), t.kept_at, t.folded, n.office
    FROM jsonb_to_recordset(texts) AS t (
        id text, subject text, kind text, cvr text, campaign text, content text, salt text, kept_at text, folded text
    )
    JOIN unnest(kept, names, owners) WITH ORDINALITY AS n (text, is_name, office, nth)
        ON n.text = t.id AND n.is_name = (t.kind = 'name')
    ORDER BY t.id, n.nth;
    IF many > 0 THEN
        PERFORM pg_notify('campaign', top.position::text);
    END IF;
END
$$;

-- After much was fed, the planner has to know: without statistics one question took minutes in place of milliseconds.

CREATE FUNCTION campaign.analyze_views() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    view name;
BEGIN
    FOR view IN SELECT tablename FROM pg_tables WHERE schemaname = 'campaign_views' LOOP
        EXECUTE format('ANALYZE campaign_views.%I', view);
    END LOOP;
END
$$;

-- Who becomes what. Run by the migrator, who may grant the groups it made.

CREATE FUNCTION campaign.appoint(login name, kind text, place text DEFAULT '') RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
BEGIN
    INSERT INTO campaign.members AS m (role, kind, office, region)
    VALUES (
        login, kind, CASE WHEN kind = 'office' THEN place ELSE '' END, CASE WHEN kind = 'region' THEN place ELSE '' END
    )
    ON CONFLICT (role) DO UPDATE SET kind = excluded.kind, office = excluded.office, region = excluded.region;
    EXECUTE format('GRANT %I TO %I', 'campaign_' || kind, login);
END
$$;

-- Rights: rows first, then tables and functions. Groups are the server's, for all its databases; who is what in this
-- one, campaign.members says: so a coordinator of another database, or one who was dismissed, sees nothing here.

ALTER TABLE campaign.stored_events ENABLE ROW LEVEL SECURITY;
CREATE POLICY office_reads_its_own ON campaign.stored_events FOR SELECT TO campaign_office
USING (office = (SELECT campaign.my_office()));
CREATE POLICY plans_are_for_all ON campaign.stored_events FOR SELECT TO campaign_office, campaign_region, campaign_reader
USING (topic LIKE 'Campaign.%' AND (SELECT campaign.my_kind()) IN ('office', 'region', 'reader'));
CREATE POLICY all_of_it ON campaign.stored_events FOR SELECT
TO campaign_coordinator, campaign_protection, campaign_backup
USING ((SELECT campaign.my_kind()) IN ('coordinator', 'protection', 'backup'));

ALTER TABLE campaign.texts ENABLE ROW LEVEL SECURITY;
CREATE POLICY office_reads_its_own ON campaign.texts FOR SELECT TO campaign_office
USING (office = (SELECT campaign.my_office()) OR kind = 'name' AND (SELECT campaign.my_kind()) = 'office');
CREATE POLICY all_of_it ON campaign.texts FOR SELECT
TO campaign_coordinator, campaign_protection, campaign_backup
USING ((SELECT campaign.my_kind()) IN ('coordinator', 'protection', 'backup'));
CREATE POLICY protection_erases ON campaign.texts FOR DELETE TO campaign_protection
USING ((SELECT campaign.my_kind()) = 'protection');

ALTER TABLE campaign.members ENABLE ROW LEVEL SECURITY;
CREATE POLICY oneself ON campaign.members FOR SELECT
TO campaign_office, campaign_coordinator, campaign_region, campaign_reader, campaign_protection
USING (role = session_user);
CREATE POLICY all_of_it ON campaign.members FOR SELECT TO campaign_backup
USING ((SELECT campaign.my_kind()) = 'backup');
CREATE POLICY appoints ON campaign.members FOR ALL TO campaign_appoints USING (true) WITH CHECK (true);

ALTER TABLE campaign.head ENABLE ROW LEVEL SECURITY;
CREATE POLICY members_read_it ON campaign.head FOR SELECT USING ((SELECT campaign.my_kind()) IS NOT NULL);

ALTER TABLE campaign.secrets ENABLE ROW LEVEL SECURITY;
CREATE POLICY all_of_it ON campaign.secrets FOR SELECT TO campaign_backup
USING ((SELECT campaign.my_kind()) = 'backup');

GRANT USAGE ON SCHEMA campaign
TO campaign_office, campaign_coordinator, campaign_region, campaign_reader, campaign_protection, campaign_backup,
    campaign_appoints;
GRANT SELECT ON campaign.head, campaign.about, campaign.members, campaign.stored_events
TO campaign_office, campaign_coordinator, campaign_region, campaign_reader, campaign_protection, campaign_backup;
GRANT SELECT ON campaign.texts TO campaign_office, campaign_coordinator, campaign_protection, campaign_backup;
GRANT SELECT ON campaign.secrets, campaign.shapes TO campaign_backup;
GRANT DELETE ON campaign.texts TO campaign_protection;
GRANT SELECT, INSERT, UPDATE, DELETE ON campaign.members TO campaign_appoints;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA campaign FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
    campaign.hello, campaign.hash_at, campaign.my_kind, campaign.my_office, campaign.my_region, campaign.streams,
    campaign.without_names
TO campaign_office, campaign_coordinator, campaign_region, campaign_reader, campaign_protection, campaign_backup;
GRANT EXECUTE ON FUNCTION campaign.analyze_views TO campaign_coordinator, campaign_protection;
GRANT EXECUTE ON FUNCTION campaign.append TO campaign_office, campaign_coordinator, campaign_protection;
GRANT EXECUTE ON FUNCTION campaign.hello, campaign.appoint TO campaign_appoints;
