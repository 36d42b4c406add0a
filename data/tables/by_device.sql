-- description: All claims that name hardware, one row a claim and device.
-- column device: Catalogue name.
-- column vendor: Who makes it.
-- column device_class: gpu, cpu, fpga, asic, npu, tpu, mobile, microcontroller, edge, ...
-- column metric: What is measured, one of twelve.
-- column factor: How many times better, the better end of a range.
-- column value: The number as written.
-- column unit: Its unit.
-- column phase: training, fine-tuning, inference, search or data preparation.
-- column technique: What reaches the figure, as written.
-- column target: own or other.
-- column title: Title of the paper.
-- column arxiv_id: Its arXiv id.
-- column published: Its day of publication.
-- column quote: The words that hold the figure.
-- column confidence: Probability that the figure was read right.
-- column claim_id: The claim.
-- order: device, metric, factor DESC NULLS LAST, claim_id
SELECT DISTINCT
    d.device,
    d.vendor,
    d.device_class,
    c.metric,
    c.factor,
    c.value,
    c.unit,
    c.phase,
    c.technique,
    c.target,
    c.title,
    c.arxiv_id,
    c.published,
    c.quote,
    c.confidence,
    c.claim_id
FROM claim_devices AS d
JOIN claims_wide AS c USING (claim_id)
WHERE c.status <> 'rejected' AND NOT c.full_text
