-- description: Energy and power: savings and absolute figures, the largest saving first.
-- column factor: How many times better, the better end of a range.
-- column value: The number as written.
-- column value_max: Upper end of a range.
-- column from_value: A in "from A to B".
-- column unit: Unit of the number.
-- column bound: up_to, at_least, about, average or exact.
-- column measure: What is measured, in the words of the text.
-- column technique: What reaches the figure, as written.
-- column baseline: What it is compared with, as written.
-- column devices: Hardware.
-- column title: Title of the paper.
-- column arxiv_id: Its arXiv id.
-- column published: Its day of publication.
-- column quote: The words that hold the figure.
-- column confidence: Probability that the figure was read right.
-- column claim_id: The claim.
-- order: factor DESC NULLS LAST, claim_id
SELECT
    factor,
    value,
    value_max,
    from_value,
    unit,
    bound,
    measure,
    technique,
    baseline,
    devices,
    title,
    arxiv_id,
    published,
    quote,
    confidence,
    claim_id
FROM claims_wide
WHERE metric = 'energy' AND target = 'own' AND status <> 'rejected' AND NOT full_text
