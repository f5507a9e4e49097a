-- An office logs that personal texts of its own leave. By whom and why, other offices, regions and readers are not told.

CREATE OR REPLACE FUNCTION campaign.may_append(
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
    ELSIF topic LIKE 'Campaign.%' AND topic <> 'Campaign.TextsHandedOver' THEN
        RETURN 'campaigns are a coordinator''s';
    ELSIF said ->> 'office' IS DISTINCT FROM me.office THEN
        RETURN format('it logs for office %s only', me.office);
    ELSIF entry IS NULL OR entry IS DISTINCT FROM replace(said ->> 'entry', '-', '') THEN
        RETURN 'an entry is known by the id that it says itself';
    ELSIF originator !~ '^[0-9a-f]{32}$' OR entry !~ '^[0-9a-f]{32}$' OR topic !~ '^((Company|Outreach)\.[A-Za-z]+|Campaign\.TextsHandedOver)$' OR EXISTS (
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

CREATE OR REPLACE FUNCTION campaign.streams(ids text[], after integer[] DEFAULT '{}')
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
        CASE WHEN (me.kind = 'office' AND e.office <> me.office AND e.topic NOT LIKE 'Campaign.%')
            OR (me.kind IN ('office', 'region', 'reader') AND e.office <> me.office AND e.topic = 'Campaign.TextsHandedOver')
            THEN campaign.without_names(e.state) ELSE e.state END
    FROM unnest(ids, after) AS wanted (id, version)
    JOIN campaign.stored_events e ON e.originator_id = wanted.id AND e.originator_version > coalesce(wanted.version, -1)
    WHERE me.kind IN ('office', 'coordinator', 'protection', 'backup') OR e.topic LIKE 'Campaign.%'
    ORDER BY e.originator_id, e.originator_version;
END
$$;

DROP POLICY plans_are_for_all ON campaign.stored_events;
CREATE POLICY plans_are_for_all ON campaign.stored_events FOR SELECT TO campaign_office, campaign_region, campaign_reader
USING (
    topic LIKE 'Campaign.%' AND topic <> 'Campaign.TextsHandedOver'
    AND (SELECT campaign.my_kind()) IN ('office', 'region', 'reader')
);
