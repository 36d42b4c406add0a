-- description: Papers whose own code is known, with their strongest claim.
-- column title: Title of the paper.
-- column arxiv_id: Its arXiv id.
-- column published: Its day of publication.
-- column code: Address of the code.
-- column how: How the link was found.
-- column families: Technique families of the paper.
-- column claims: How many claims the paper has.
-- column best_factor: Its largest improvement, times.
-- column best_metric: What that improves.
-- column best_quote: The words that hold it.
-- column paper_id: The paper.
-- order: best_factor DESC NULLS LAST, paper_id, code
WITH strongest AS (
    SELECT
        paper_id,
        count(*) AS claims,
        any_value(families) AS families,
        max(factor) FILTER (WHERE target = 'own') AS best_factor,
        arg_max(metric, (factor, claim_id)) FILTER (WHERE target = 'own' AND factor IS NOT NULL) AS best_metric,
        arg_max(quote, (factor, claim_id)) FILTER (WHERE target = 'own' AND factor IS NOT NULL) AS best_quote
    FROM claims_wide
    WHERE status <> 'rejected' AND NOT full_text
    GROUP BY paper_id
)
SELECT
    p.title,
    p.arxiv_id,
    p.published,
    i.url AS code,
    i.how,
    coalesce(s.families, []) AS families,
    coalesce(s.claims, 0) AS claims,
    s.best_factor,
    s.best_metric,
    s.best_quote,
    p.paper_id
FROM implementations AS i
JOIN papers AS p USING (paper_id)
LEFT JOIN strongest AS s USING (paper_id)
WHERE i.implementation_kind = 'official'
