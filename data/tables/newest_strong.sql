-- description: The newest results of the papers' own that improve something at least twofold and were surely read right.
-- column published: Day of publication, else the first day that listed the paper.
-- column title: Title of the paper.
-- column arxiv_id: Its arXiv id.
-- column metric: What is measured, one of twelve.
-- column factor: How many times better, the better end of a range.
-- column technique: What reaches the figure, as written.
-- column baseline: What it is compared with, as written.
-- column devices: Hardware.
-- column families: Technique families of the paper.
-- column official_code: The paper's own code.
-- column quote: The words that hold the figure.
-- column confidence: Probability that the figure was read right.
-- column claim_id: The claim.
-- order: published DESC NULLS LAST, factor DESC, claim_id
SELECT
    coalesce(published, listed) AS published,
    title,
    arxiv_id,
    metric,
    factor,
    technique,
    baseline,
    devices,
    families,
    official_code,
    quote,
    confidence,
    claim_id
FROM claims_wide
WHERE target = 'own' AND factor >= 2 AND status <> 'rejected' AND NOT full_text AND (confidence >= 0.9 OR status = 'confirmed')
