-- description: Claims whose text gives a change and its two levels that do not agree, to be looked at by people.
-- column title: Title of the paper.
-- column arxiv_id: Its arXiv id.
-- column metric: What is measured, one of twelve.
-- column measure: What is measured, in the words of the text.
-- column kind: change or level.
-- column value: The number as written.
-- column from_value: A in "from A to B".
-- column unit: Its unit.
-- column factor: How many times better by this claim alone.
-- column quote: The words that hold the figure.
-- column sentence: The whole sentence.
-- column status: unseen, confirmed or rejected.
-- column claim_id: The claim.
-- order: title, claim_id
SELECT
    title,
    arxiv_id,
    metric,
    measure,
    kind,
    value,
    from_value,
    unit,
    factor,
    quote,
    sentence,
    status,
    claim_id
FROM claims_wide
WHERE agreement = false
