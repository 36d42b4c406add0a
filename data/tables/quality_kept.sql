-- description: Papers that say quality is kept, beside the largest saving that they claim.
-- column title: Title of the paper.
-- column arxiv_id: Its arXiv id.
-- column published: Its day of publication.
-- column parity_quote: The words that say that quality is kept.
-- column metric: What is improved most; null when the paper claims no factor.
-- column factor: How many times better.
-- column factor_quote: The words that hold it.
-- column families: Technique families of the paper.
-- column paper_id: The paper.
-- order: factor DESC NULLS LAST, paper_id
SELECT
    any_value(title) AS title,
    any_value(arxiv_id) AS arxiv_id,
    any_value(published) AS published,
    min(quote) FILTER (WHERE kind = 'parity') AS parity_quote,
    arg_max(metric, (factor, claim_id)) FILTER (WHERE factor > 1) AS metric,
    max(factor) FILTER (WHERE factor > 1) AS factor,
    arg_max(quote, (factor, claim_id)) FILTER (WHERE factor > 1) AS factor_quote,
    any_value(families) AS families,
    paper_id
FROM claims_wide
WHERE target = 'own' AND status <> 'rejected' AND NOT full_text
GROUP BY paper_id
HAVING bool_or(kind = 'parity')
