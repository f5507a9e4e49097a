-- An event can say a list: all that is in it has to fit too.

CREATE OR REPLACE FUNCTION campaign.fits(said jsonb, wanted jsonb) RETURNS boolean
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
    ELSIF wanted ->> 'type' = 'array' THEN
        RETURN CASE WHEN jsonb_typeof(said) = 'array' THEN NOT EXISTS (
            SELECT FROM jsonb_array_elements(said) AS one (item) WHERE NOT campaign.fits(one.item, wanted -> 'items')
        ) ELSE false END;
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
