-- description: Results of the papers' own that save memory, storage or parameters, the largest first.
-- column metric: memory, storage or parameters.
-- column measure: What is saved, in the words of the text.
-- column factor: How many times less, the better end of a range.
-- column saved_percent: The same as the share saved, in percent.
-- column bound: up_to, at_least, about, average or exact.
-- column technique: What reaches the figure, as written.
-- column baseline: What it is compared with, as written.
-- column devices: Hardware.
-- column quality_kept: True when the same paper says that quality is kept.
-- column title: Title of the paper.
-- column arxiv_id: Its arXiv id.
-- column published: Its day of publication.
-- column quote: The words that hold the figure.
-- column confidence: Probability that the figure was read right.
-- column claim_id: The claim.
-- order: factor DESC, claim_id
SELECT
    c.metric,
    c.measure,
    c.factor,
    round(100 * (1 - 1 / c.factor), 2) AS saved_percent,
    c.bound,
    c.technique,
    c.baseline,
    c.devices,
    c.paper_id IN (SELECT paper_id FROM claims_wide WHERE kind = 'parity' AND target = 'own' AND status <> 'rejected' AND NOT full_text) AS quality_kept,
    c.title,
    c.arxiv_id,
    c.published,
    c.quote,
    c.confidence,
    c.claim_id
FROM claims_wide AS c
WHERE c.metric IN ('memory', 'storage', 'parameters') AND c.target = 'own' AND c.factor > 1 AND c.status <> 'rejected' AND NOT c.full_text
