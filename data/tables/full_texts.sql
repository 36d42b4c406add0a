-- description: Results that only the text or a table of a paper gives, with the section that says so.
-- column title: Title of the paper.
-- column arxiv_id: Its arXiv id.
-- column section: The section or table.
-- column technique: What reaches the figure, as written.
-- column metric: What is measured, one of twelve.
-- column measure: What is measured, in the words of the text.
-- column value: The number as written.
-- column unit: Its unit.
-- column factor: How many times better than the baseline, where it can be told.
-- column baseline: What it is compared with, as written.
-- column devices: Catalogue names of the hardware that it was measured on.
-- column hardware_from: The section that names the hardware, where the claim's own words do not.
-- column setting: Model, data set, batch and context length as written.
-- column quote: The words, or the row of the table, that hold the figure.
-- column confidence: Probability that the figure was read right.
-- column claim_id: The claim.
-- order: title, claim_id
SELECT
    title,
    arxiv_id,
    section,
    technique,
    metric,
    measure,
    value,
    unit,
    factor,
    baseline,
    devices,
    setting['hardware from'] AS hardware_from,
    setting,
    quote,
    confidence,
    claim_id
FROM claims_wide
WHERE full_text AND target = 'own' AND status <> 'rejected'
