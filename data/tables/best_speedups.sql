-- description: The largest speed-up of each technique family on each device, with the claim that says so.
-- column family: Technique family of the paper; "other" where it belongs to none.
-- column device: Catalogue name of the hardware that the figure was measured on; "not stated" where the text names none.
-- column factor: How many times faster, the better end of a range.
-- column bound: up_to, at_least, about, average or exact: how the text limits the figure.
-- column baseline: What it is compared with, as written.
-- column technique: What reaches the figure, as written.
-- column papers: How many papers of this family have a speed-up on this device.
-- column title: Title of the paper with the largest.
-- column arxiv_id: Its arXiv id.
-- column published: Its day of publication.
-- column quote: The words that hold the figure.
-- column confidence: Probability that the figure was read right.
-- column claim_id: The claim.
-- order: family, factor DESC, device
WITH figures AS (
    SELECT *, unnest(CASE WHEN len(devices) > 0 THEN devices ELSE ['not stated'] END) AS device
    FROM claims_wide
    WHERE metric = 'speed' AND target = 'own' AND factor > 1 AND status <> 'rejected' AND NOT full_text
),
by_family AS (
    SELECT * EXCLUDE (families), unnest(CASE WHEN len(families) > 0 THEN families ELSE ['other'] END) AS family FROM figures
)
SELECT
    family,
    device,
    max(factor) AS factor,
    arg_max(bound, (factor, claim_id)) AS bound,
    arg_max(struct_pack(v := baseline), (factor, claim_id)).v AS baseline,
    arg_max(struct_pack(v := technique), (factor, claim_id)).v AS technique,
    count(DISTINCT paper_id) AS papers,
    arg_max(title, (factor, claim_id)) AS title,
    arg_max(struct_pack(v := arxiv_id), (factor, claim_id)).v AS arxiv_id,
    arg_max(struct_pack(v := published), (factor, claim_id)).v AS published,
    arg_max(quote, (factor, claim_id)) AS quote,
    arg_max(confidence, (factor, claim_id)) AS confidence,
    arg_max(claim_id, (factor, claim_id)) AS claim_id
FROM by_family
GROUP BY family, device
