"""How a caption is cut into words by the database, for the index by which clips are found.

The index holds hashes, not words: it keeps its keys when the last row that had one is gone, and nothing that somebody wrote may
stay behind. Words count as written (0), by their English stems (1) and by their Spanish stems (2), accents and case apart; a
tag is a word with its sign. Whoever changes a function makes the index anew in the same migration.
"""

_FOLDED = """
CREATE OR REPLACE FUNCTION folded(said text) RETURNS text LANGUAGE sql
IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT regexp_replace(normalize(lower(said), NFKD), U&'[\\0300-\\036F]', '', 'g')
$$
"""
_STEMS = """
CREATE OR REPLACE FUNCTION stems(said text, family regconfig, number bigint) RETURNS bigint[] LANGUAGE sql
IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT coalesce(array_agg(DISTINCT hashtextextended(lexeme, number)), '{}')
    FROM unnest(tsvector_to_array(to_tsvector(family, said))) lexeme
$$
"""
_TAGS = """
CREATE OR REPLACE FUNCTION tag_words(said text) RETURNS bigint[] LANGUAGE sql
IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT coalesce(array_agg(DISTINCT hashtextextended('#' || found[1], 0)), '{}')
    FROM regexp_matches(said, '#(\\w+)', 'g') found
$$
"""
_CARD_WORDS = """
CREATE OR REPLACE FUNCTION card_words(caption text) RETURNS bigint[] LANGUAGE plpgsql
IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE said text := public.folded(caption);
BEGIN
    RETURN public.stems(said, 'pg_catalog.simple', 0) || public.stems(said, 'pg_catalog.english', 1)
        || public.stems(said, 'pg_catalog.spanish', 2) || public.tag_words(said);
END $$
"""
_WORDS_ASKED = """
CREATE OR REPLACE FUNCTION words_asked(asked text, language text) RETURNS bigint[] LANGUAGE plpgsql
IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    said text := public.folded(asked);
    found bigint[] := '{}';
BEGIN
    IF language = 'es' THEN found := public.stems(said, 'pg_catalog.spanish', 2);
    ELSIF language = 'en' THEN found := public.stems(said, 'pg_catalog.english', 1);
    END IF;
    IF found = '{}' THEN found := public.stems(said, 'pg_catalog.simple', 0); END IF;
    RETURN found || public.tag_words(said);
END $$
"""

FUNCTIONS = (_FOLDED, _STEMS, _TAGS, _CARD_WORDS, _WORDS_ASKED)
"""What has to be there before the index is."""
