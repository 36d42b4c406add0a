-- description: What speed costs: each paper's largest speed-up beside what it says of quality.
-- column title: Title of the paper.
-- column arxiv_id: Its arXiv id.
-- column published: Its day of publication.
-- column families: Technique families of the paper.
-- column factor: Largest speed-up of its own, times.
-- column speed_quote: The words that hold it.
-- column quality: lost, gained or kept; null when the paper says nothing of quality.
-- column worst_delta: Largest loss of quality (below 0), in the unit written.
-- column delta_unit: Unit of that loss.
-- column quality_quote: The words that say so.
-- column paper_id: The paper.
-- order: factor DESC, paper_id
WITH speed AS (
    SELECT
        paper_id,
        any_value(title) AS title,
        any_value(arxiv_id) AS arxiv_id,
        any_value(published) AS published,
        any_value(families) AS families,
        max(factor) AS factor,
        arg_max(quote, (factor, claim_id)) AS speed_quote
    FROM claims_wide
    WHERE metric = 'speed' AND target = 'own' AND factor > 1 AND status <> 'rejected' AND NOT full_text
    GROUP BY paper_id
),
quality AS (
    SELECT
        paper_id,
        CASE
            WHEN min(delta) < 0 THEN 'lost'
            WHEN bool_or(kind = 'parity') THEN 'kept'
            WHEN max(delta) > 0 THEN 'gained'
        END AS quality,
        CASE WHEN min(delta) < 0 THEN min(delta) END AS worst_delta,
        CASE WHEN min(delta) < 0 THEN arg_min(unit, (delta, claim_id)) FILTER (WHERE delta < 0) END AS delta_unit,
        CASE
            WHEN min(delta) < 0 THEN arg_min(quote, (delta, claim_id)) FILTER (WHERE delta < 0)
            WHEN bool_or(kind = 'parity') THEN min(quote) FILTER (WHERE kind = 'parity')
            ELSE arg_max(quote, (delta, claim_id)) FILTER (WHERE delta > 0)
        END AS quality_quote
    FROM claims_wide
    WHERE (metric = 'quality' OR kind = 'parity') AND target = 'own' AND status <> 'rejected' AND NOT full_text
    GROUP BY paper_id
)
SELECT
    s.title,
    s.arxiv_id,
    s.published,
    s.families,
    s.factor,
    s.speed_quote,
    q.quality,
    q.worst_delta,
    q.delta_unit,
    q.quality_quote,
    s.paper_id
FROM speed AS s
LEFT JOIN quality AS q USING (paper_id)
