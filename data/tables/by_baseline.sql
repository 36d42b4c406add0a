-- description: Improvements by what they are measured against; for one system use --where "baseline ILIKE '%FlashAttention%'".
-- column baseline: What it is compared with, as written.
-- column metric: What is measured, one of twelve.
-- column factor: How many times better than the baseline, the better end of a range.
-- column delta: Change in quality against the baseline, in the unit written.
-- column unit: Unit of the number as written.
-- column technique: What reaches the figure, as written.
-- column devices: Hardware.
-- column title: Title of the paper.
-- column arxiv_id: Its arXiv id.
-- column published: Its day of publication.
-- column quote: The words that hold the figure.
-- column confidence: Probability that the figure was read right.
-- column claim_id: The claim.
-- order: lower(baseline), metric, factor DESC NULLS LAST, delta DESC NULLS LAST, claim_id
SELECT
    baseline,
    metric,
    factor,
    delta,
    unit,
    technique,
    devices,
    title,
    arxiv_id,
    published,
    quote,
    confidence,
    claim_id
FROM claims_wide
WHERE baseline IS NOT NULL AND (factor IS NOT NULL OR delta IS NOT NULL) AND target = 'own' AND status <> 'rejected' AND NOT full_text
