-- The tables of one build. Run once into an empty database by index/build.py; `claims schema` prints the comments.
-- No constraint here needs an index: what is unique is unique by construction, and a test looks.

CREATE TABLE papers (
    paper_no INTEGER NOT NULL,
    paper_id VARCHAR NOT NULL,
    arxiv_id VARCHAR,
    title VARCHAR NOT NULL,
    abstract VARCHAR NOT NULL,
    published DATE,
    listed DATE,
    published_year SMALLINT,
    authors VARCHAR[] NOT NULL,
    author_count INTEGER,
    organisation VARCHAR,
    url VARCHAR,
    code_urls VARCHAR[] NOT NULL,
    upvotes INTEGER,
    content_hash VARCHAR NOT NULL
);
COMMENT ON TABLE papers IS 'One row a paper, whatever number of pages it was seen on.';
COMMENT ON COLUMN papers.paper_no IS 'Row number within this build, the id in the vector and lexical indexes; may differ in the next build.';
COMMENT ON COLUMN papers.paper_id IS 'Ten hex digits from the normalised title as first seen; never changes.';
COMMENT ON COLUMN papers.arxiv_id IS 'arXiv id without version, where known.';
COMMENT ON COLUMN papers.title IS 'Title.';
COMMENT ON COLUMN papers.abstract IS 'Abstract, empty when no source gave one.';
COMMENT ON COLUMN papers.published IS 'Day of publication, where a source states it.';
COMMENT ON COLUMN papers.listed IS 'First day on which a page listed the paper.';
COMMENT ON COLUMN papers.published_year IS 'Year of publication, else of the arXiv id, else of the listing; null when none is known.';
COMMENT ON COLUMN papers.authors IS 'Names of the authors in order, empty when the sources give none.';
COMMENT ON COLUMN papers.author_count IS 'How many authors; some pages give only the number.';
COMMENT ON COLUMN papers.organisation IS 'Organisation that the page names.';
COMMENT ON COLUMN papers.url IS 'Address of the paper.';
COMMENT ON COLUMN papers.code_urls IS 'Addresses of code that a source gives in a field of its own.';
COMMENT ON COLUMN papers.upvotes IS 'Largest number of upvotes seen.';
COMMENT ON COLUMN papers.content_hash IS 'Hash of title and abstract: what a build looks at to tell whether the text changed.';

CREATE TABLE paper_sources (
    paper_id VARCHAR NOT NULL,
    source_kind VARCHAR NOT NULL,
    page VARCHAR NOT NULL,
    place INTEGER NOT NULL,
    listed DATE,
    title_there VARCHAR NOT NULL,
    upvotes INTEGER
);
COMMENT ON TABLE paper_sources IS 'One row an entry seen on a page, in a feed or in a file.';
COMMENT ON COLUMN paper_sources.paper_id IS 'The paper: papers.paper_id.';
COMMENT ON COLUMN paper_sources.source_kind IS 'text, html, api, arxiv or corpus.';
COMMENT ON COLUMN paper_sources.page IS 'File name or address of the page.';
COMMENT ON COLUMN paper_sources.place IS 'Place among the entries of that page, from 0.';
COMMENT ON COLUMN paper_sources.listed IS 'Day whose list held the entry.';
COMMENT ON COLUMN paper_sources.title_there IS 'Title as written there.';
COMMENT ON COLUMN paper_sources.upvotes IS 'Upvotes at that time.';

CREATE TABLE crawl_days (
    crawl_day DATE NOT NULL,
    expected INTEGER,
    fetched INTEGER NOT NULL,
    papers_read INTEGER NOT NULL,
    is_empty BOOLEAN NOT NULL,
    failed BOOLEAN NOT NULL,
    reason VARCHAR NOT NULL,
    source_kind VARCHAR NOT NULL,
    asked_at TIMESTAMP
);
COMMENT ON TABLE crawl_days IS 'What became of each day that was crawled; the last word on a day.';
COMMENT ON COLUMN crawl_days.crawl_day IS 'The day.';
COMMENT ON COLUMN crawl_days.expected IS 'Entries in the list of the day, where it could be told.';
COMMENT ON COLUMN crawl_days.fetched IS 'Entries that came.';
COMMENT ON COLUMN crawl_days.papers_read IS 'Entries that became papers.';
COMMENT ON COLUMN crawl_days.is_empty IS 'True when the site says that the day has no papers.';
COMMENT ON COLUMN crawl_days.failed IS 'True when something is missing.';
COMMENT ON COLUMN crawl_days.reason IS 'Why something is missing, else empty.';
COMMENT ON COLUMN crawl_days.source_kind IS 'api or html.';
COMMENT ON COLUMN crawl_days.asked_at IS 'When it was asked (UTC).';

CREATE TABLE claims (
    claim_no INTEGER NOT NULL,
    claim_id VARCHAR NOT NULL,
    paper_no INTEGER NOT NULL,
    paper_id VARCHAR NOT NULL,
    quote VARCHAR NOT NULL,
    metric VARCHAR NOT NULL,
    measure VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    value DOUBLE,
    value_max DOUBLE,
    from_value DOUBLE,
    unit VARCHAR,
    bound VARCHAR NOT NULL,
    direction VARCHAR NOT NULL,
    target VARCHAR NOT NULL,
    technique VARCHAR,
    baseline VARCHAR,
    hardware VARCHAR[] NOT NULL,
    devices STRUCT(mention VARCHAR, device VARCHAR, vendor VARCHAR, device_class VARCHAR)[] NOT NULL,
    sentence VARCHAR NOT NULL,
    section VARCHAR NOT NULL,
    span_start INTEGER NOT NULL,
    span_end INTEGER NOT NULL,
    factor_min DOUBLE,
    factor_max DOUBLE,
    factor DOUBLE,
    delta DOUBLE,
    phase VARCHAR,
    setting MAP(VARCHAR, VARCHAR) NOT NULL,
    agreement BOOLEAN,
    confidence DOUBLE NOT NULL
);
COMMENT ON TABLE claims IS 'One row a measured figure (or range), for one thing measured against one baseline, as extracted. People''s corrections are in claims_wide.';
COMMENT ON COLUMN claims.claim_no IS 'Row number within this build; may differ in the next build.';
COMMENT ON COLUMN claims.claim_id IS 'Twelve hex digits from the paper, the figure as written and its ordinal; stays when the extractor gets better.';
COMMENT ON COLUMN claims.paper_no IS 'The paper: papers.paper_no.';
COMMENT ON COLUMN claims.paper_id IS 'The paper: papers.paper_id.';
COMMENT ON COLUMN claims.quote IS 'Exact words of the text that hold the figure and what is measured.';
COMMENT ON COLUMN claims.metric IS 'speed, memory, storage, parameters, compute, energy, cost, communication, data, tokens, quality or other.';
COMMENT ON COLUMN claims.measure IS 'What is measured, in the words of the text.';
COMMENT ON COLUMN claims.kind IS 'change (relative to a baseline), level (an absolute figure), fraction (a share that is kept or used) or parity (quality kept, without a figure).';
COMMENT ON COLUMN claims.value IS 'The number as written; null for parity.';
COMMENT ON COLUMN claims.value_max IS 'Upper end of a range.';
COMMENT ON COLUMN claims.from_value IS 'A in "from A to B".';
COMMENT ON COLUMN claims.unit IS 'x, %, points or the physical unit; null for parity.';
COMMENT ON COLUMN claims.bound IS 'up_to, at_least, about, average or exact.';
COMMENT ON COLUMN claims.direction IS 'better or worse for the technique; none where the words do not judge.';
COMMENT ON COLUMN claims.target IS 'own: a result of this paper; other: of earlier or competing work.';
COMMENT ON COLUMN claims.technique IS 'Name, as written, of what reaches the figure.';
COMMENT ON COLUMN claims.baseline IS 'What it is compared with, as written.';
COMMENT ON COLUMN claims.hardware IS 'Devices as written.';
COMMENT ON COLUMN claims.devices IS 'The same resolved to the catalogue; claim_devices has them one a row. In full texts also the one machine of the experiments: setting then has hardware from.';
COMMENT ON COLUMN claims.sentence IS 'The sentence that carries the claim.';
COMMENT ON COLUMN claims.section IS 'title, abstract, a section of a full text (4 Results > 4.2 Speed) or a table (Table 3).';
COMMENT ON COLUMN claims.span_start IS 'First character of the quote within its section, from 0.';
COMMENT ON COLUMN claims.span_end IS 'One past the last character of the quote.';
COMMENT ON COLUMN claims.factor_min IS 'How many times better, lower end; below 1: worse; null where it cannot be told.';
COMMENT ON COLUMN claims.factor_max IS 'How many times better, upper end.';
COMMENT ON COLUMN claims.factor IS 'How many times better, the better end.';
COMMENT ON COLUMN claims.delta IS 'Signed change in quality, in the unit written.';
COMMENT ON COLUMN claims.phase IS 'training, fine-tuning, inference, search or data preparation, where the text says so.';
COMMENT ON COLUMN claims.setting IS 'model, dataset, benchmark, batch, context as written; of table cells also column or row; hardware from: the section that names the machine of the experiments.';
COMMENT ON COLUMN claims.agreement IS 'Where a text gives a change and its two levels: whether they agree.';
COMMENT ON COLUMN claims.confidence IS 'Calibrated probability that all strict fields are right.';

CREATE TABLE claim_devices (
    claim_no INTEGER NOT NULL,
    claim_id VARCHAR NOT NULL,
    mention VARCHAR NOT NULL,
    device VARCHAR NOT NULL,
    vendor VARCHAR,
    device_class VARCHAR NOT NULL
);
COMMENT ON TABLE claim_devices IS 'One row a mention of hardware in a claim as extracted, resolved to the catalogue.';
COMMENT ON COLUMN claim_devices.claim_no IS 'The claim: claims.claim_no.';
COMMENT ON COLUMN claim_devices.claim_id IS 'The claim: claims.claim_id.';
COMMENT ON COLUMN claim_devices.mention IS 'The words of the text.';
COMMENT ON COLUMN claim_devices.device IS 'Catalogue name: devices.device.';
COMMENT ON COLUMN claim_devices.vendor IS 'Who makes it.';
COMMENT ON COLUMN claim_devices.device_class IS 'gpu, cpu, fpga, asic, npu, tpu, mobile, microcontroller, edge, ...';

CREATE TABLE paper_devices (
    paper_no INTEGER NOT NULL,
    paper_id VARCHAR NOT NULL,
    device VARCHAR NOT NULL,
    mention VARCHAR NOT NULL,
    in_title BOOLEAN NOT NULL,
    section VARCHAR NOT NULL,
    counts INTEGER[] NOT NULL
);
COMMENT ON TABLE paper_devices IS 'One row a device that a paper''s title or abstract names, whether or not a claim is tied to it; and the machine of its experiments, where its full text names exactly one.';
COMMENT ON COLUMN paper_devices.paper_no IS 'The paper: papers.paper_no.';
COMMENT ON COLUMN paper_devices.paper_id IS 'The paper: papers.paper_id.';
COMMENT ON COLUMN paper_devices.device IS 'Catalogue name: devices.device.';
COMMENT ON COLUMN paper_devices.mention IS 'The words of the text, where first met.';
COMMENT ON COLUMN paper_devices.in_title IS 'True when the title names it.';
COMMENT ON COLUMN paper_devices.section IS 'title, abstract or the section of the full text that names it.';
COMMENT ON COLUMN paper_devices.counts IS 'How many of them title and abstract say, each number once: [8, 64]; empty where they say none.';

CREATE TABLE full_texts (
    paper_no INTEGER NOT NULL,
    paper_id VARCHAR NOT NULL,
    text_hash VARCHAR NOT NULL
);
COMMENT ON TABLE full_texts IS 'One row a paper whose full text was read.';
COMMENT ON COLUMN full_texts.paper_no IS 'The paper: papers.paper_no.';
COMMENT ON COLUMN full_texts.paper_id IS 'The paper: papers.paper_id.';
COMMENT ON COLUMN full_texts.text_hash IS 'Hash of the full text: what a build looks at to tell whether it changed.';

CREATE TABLE devices (
    device VARCHAR NOT NULL,
    node_level VARCHAR NOT NULL,
    vendor VARCHAR,
    device_class VARCHAR NOT NULL,
    series VARCHAR,
    parents VARCHAR[] NOT NULL,
    introduced SMALLINT,
    memory_gb DOUBLE,
    bandwidth_gb_s DOUBLE,
    tdp_w DOUBLE,
    tflops MAP(VARCHAR, DOUBLE) NOT NULL
);
COMMENT ON TABLE devices IS 'The catalogue of hardware, from data/hardware.toml: a tree of classes, vendors, series and devices.';
COMMENT ON COLUMN devices.device IS 'Catalogue name.';
COMMENT ON COLUMN devices.node_level IS 'class, vendor, vendor class, series or device.';
COMMENT ON COLUMN devices.vendor IS 'Who makes it.';
COMMENT ON COLUMN devices.device_class IS 'gpu, cpu, fpga, asic, npu, tpu, mobile, microcontroller, edge, ...';
COMMENT ON COLUMN devices.series IS 'Series of the device.';
COMMENT ON COLUMN devices.parents IS 'The next nodes up the tree.';
COMMENT ON COLUMN devices.introduced IS 'Year of introduction.';
COMMENT ON COLUMN devices.memory_gb IS 'Memory of the largest common variant, GB.';
COMMENT ON COLUMN devices.bandwidth_gb_s IS 'Memory bandwidth, GB/s.';
COMMENT ON COLUMN devices.tdp_w IS 'Thermal design power, W.';
COMMENT ON COLUMN devices.tflops IS 'Dense peak in TFLOPs/s by precision.';

CREATE TABLE techniques (
    technique_id VARCHAR NOT NULL,
    technique_name VARCHAR NOT NULL,
    description VARCHAR NOT NULL,
    parent VARCHAR,
    saves VARCHAR[] NOT NULL,
    costs VARCHAR NOT NULL,
    aliases VARCHAR[] NOT NULL
);
COMMENT ON TABLE techniques IS 'Technique families, from data/techniques.toml.';
COMMENT ON COLUMN techniques.technique_id IS 'Id of the family.';
COMMENT ON COLUMN techniques.technique_name IS 'Name for people.';
COMMENT ON COLUMN techniques.description IS 'What it does.';
COMMENT ON COLUMN techniques.parent IS 'The wider family, where there is one.';
COMMENT ON COLUMN techniques.saves IS 'What it saves, as metrics, the first first.';
COMMENT ON COLUMN techniques.costs IS 'What it usually costs.';
COMMENT ON COLUMN techniques.aliases IS 'Other names.';

CREATE TABLE paper_techniques (
    paper_no INTEGER NOT NULL,
    paper_id VARCHAR NOT NULL,
    technique_id VARCHAR NOT NULL,
    score DOUBLE NOT NULL
);
COMMENT ON TABLE paper_techniques IS 'Which families a paper belongs to.';
COMMENT ON COLUMN paper_techniques.paper_no IS 'The paper: papers.paper_no.';
COMMENT ON COLUMN paper_techniques.paper_id IS 'The paper: papers.paper_id.';
COMMENT ON COLUMN paper_techniques.technique_id IS 'The family: techniques.technique_id.';
COMMENT ON COLUMN paper_techniques.score IS 'How sure, 0 to 1.';

CREATE TABLE implementations (
    technique_id VARCHAR,
    paper_id VARCHAR,
    implementation_kind VARCHAR NOT NULL,
    implementation_name VARCHAR NOT NULL,
    url VARCHAR NOT NULL,
    package VARCHAR,
    licence VARCHAR,
    upkeep VARCHAR,
    covers VARCHAR,
    note VARCHAR,
    how VARCHAR NOT NULL,
    found_on DATE
);
COMMENT ON TABLE implementations IS 'Code that a reader can run: official code of a paper, libraries and references of a family.';
COMMENT ON COLUMN implementations.technique_id IS 'The family that it implements; null for the code of one paper.';
COMMENT ON COLUMN implementations.paper_id IS 'The paper whose official code it is; null for libraries.';
COMMENT ON COLUMN implementations.implementation_kind IS 'official, library or reference.';
COMMENT ON COLUMN implementations.implementation_name IS 'Name of the repository or library.';
COMMENT ON COLUMN implementations.url IS 'Address.';
COMMENT ON COLUMN implementations.package IS 'Name of the package that installs it, where there is one.';
COMMENT ON COLUMN implementations.licence IS 'Licence, where known.';
COMMENT ON COLUMN implementations.upkeep IS 'maintained, archived or unknown.';
COMMENT ON COLUMN implementations.covers IS 'What of the family it covers.';
COMMENT ON COLUMN implementations.note IS 'A word of warning: non-commercial, copyleft, ...';
COMMENT ON COLUMN implementations.how IS 'How the link was found.';
COMMENT ON COLUMN implementations.found_on IS 'First day on which a source showed it; of the catalogue the day on which it was last checked.';

-- The next three are empty in the file of a build. A reader fills temporary tables of the same names from the files of the
-- home (index/curation.py), which the views below then see.

CREATE TABLE curation (
    entry_no INTEGER NOT NULL,
    recorded_at TIMESTAMP NOT NULL,
    claim_id VARCHAR,
    given_claim_id VARCHAR NOT NULL,
    resolved VARCHAR NOT NULL,
    verdict VARCHAR NOT NULL,
    field VARCHAR,
    new_value VARCHAR,
    note VARCHAR,
    collection VARCHAR
);
COMMENT ON TABLE curation IS 'People''s verdicts, notes and collections, one row an entry of curation.jsonl.';
COMMENT ON COLUMN curation.entry_no IS 'Line of curation.jsonl, from 1; the later entry holds.';
COMMENT ON COLUMN curation.recorded_at IS 'When it was recorded (UTC).';
COMMENT ON COLUMN curation.claim_id IS 'The claim that the entry is about in this build; null when it was not found.';
COMMENT ON COLUMN curation.given_claim_id IS 'The claim id as recorded.';
COMMENT ON COLUMN curation.resolved IS 'same: the claim is there; moved: to the most similar claim of the paper; orphan: none is similar.';
COMMENT ON COLUMN curation.verdict IS 'confirm, reject, set, note or add-to.';
COMMENT ON COLUMN curation.field IS 'Field that was set.';
COMMENT ON COLUMN curation.new_value IS 'Value that it was set to, as text.';
COMMENT ON COLUMN curation.note IS 'Text of a note.';
COMMENT ON COLUMN curation.collection IS 'Collection that the claim was added to.';

CREATE TABLE corrected_claims AS FROM claims LIMIT 0;
COMMENT ON TABLE corrected_claims IS 'Claims with people''s corrections in place; same columns as claims.';

CREATE TABLE measurements (
    measurement_no INTEGER NOT NULL,
    recorded_at TIMESTAMP NOT NULL,
    technique_id VARCHAR,
    metric VARCHAR,
    measured DOUBLE,
    unit VARCHAR,
    baseline_measured DOUBLE,
    factor DOUBLE,
    device VARCHAR,
    details JSON
);
COMMENT ON TABLE measurements IS 'What `claims reproduce` measured on this machine, one row an entry of measurements.jsonl.';
COMMENT ON COLUMN measurements.measurement_no IS 'Line of measurements.jsonl, from 1.';
COMMENT ON COLUMN measurements.recorded_at IS 'When it was recorded (UTC).';
COMMENT ON COLUMN measurements.technique_id IS 'The family: techniques.technique_id.';
COMMENT ON COLUMN measurements.metric IS 'What was measured.';
COMMENT ON COLUMN measurements.measured IS 'The figure of the technique.';
COMMENT ON COLUMN measurements.unit IS 'Its unit.';
COMMENT ON COLUMN measurements.baseline_measured IS 'The figure of the baseline, in the same unit.';
COMMENT ON COLUMN measurements.factor IS 'How many times better than the baseline.';
COMMENT ON COLUMN measurements.device IS 'The machine.';
COMMENT ON COLUMN measurements.details IS 'The whole entry.';

CREATE VIEW claims_now AS
SELECT c.* FROM claims AS c WHERE c.claim_id NOT IN (SELECT k.claim_id FROM corrected_claims AS k)
UNION ALL
SELECT * FROM corrected_claims;
COMMENT ON VIEW claims_now IS 'Claims as they stand: as extracted, or as people corrected them; same columns as claims.';

CREATE VIEW claims_wide AS
WITH verdicts AS (
    SELECT
        claim_id,
        arg_max(verdict, entry_no) FILTER (WHERE verdict IN ('confirm', 'reject')) AS last_verdict,
        list(DISTINCT field ORDER BY field) FILTER (WHERE verdict = 'set') AS corrected_fields,
        string_agg(note, ' | ' ORDER BY entry_no) FILTER (WHERE verdict = 'note') AS notes,
        list(DISTINCT collection ORDER BY collection) FILTER (WHERE verdict = 'add-to') AS collections
    FROM curation
    WHERE claim_id IS NOT NULL
    GROUP BY claim_id
),
families AS (
    SELECT paper_no, list(technique_id ORDER BY score DESC, technique_id) AS families
    FROM paper_techniques
    GROUP BY paper_no
),
official AS (
    SELECT paper_id, min(url) AS official_code
    FROM implementations
    WHERE paper_id IS NOT NULL AND implementation_kind = 'official'
    GROUP BY paper_id
)
SELECT
    c.claim_id,
    c.paper_id,
    p.arxiv_id,
    p.title,
    p.published,
    p.listed,
    p.published_year,
    p.url,
    c.quote,
    c.metric,
    c.measure,
    c.kind,
    c.value,
    c.value_max,
    c.from_value,
    c.unit,
    c.bound,
    c.direction,
    c.target,
    c.technique,
    c.baseline,
    c.hardware,
    list_sort(list_distinct([d.device FOR d IN c.devices])) AS devices,
    list_sort(list_distinct([d.vendor FOR d IN c.devices IF d.vendor IS NOT NULL])) AS vendors,
    list_sort(list_distinct([d.device_class FOR d IN c.devices])) AS device_classes,
    c.factor_min,
    c.factor_max,
    c.factor,
    c.delta,
    c.phase,
    c.setting,
    c.agreement,
    c.confidence,
    coalesce(f.families, []) AS families,
    o.official_code,
    CASE v.last_verdict WHEN 'confirm' THEN 'confirmed' WHEN 'reject' THEN 'rejected' ELSE 'unseen' END AS status,
    coalesce(v.corrected_fields, []) AS corrected_fields,
    v.notes,
    coalesce(v.collections, []) AS collections,
    p.organisation,
    p.upvotes,
    c.sentence,
    c.section,
    c.span_start,
    c.span_end,
    c.section NOT IN ('title', 'abstract') AS full_text
FROM claims_now AS c
JOIN papers AS p ON p.paper_no = c.paper_no
LEFT JOIN families AS f ON f.paper_no = c.paper_no
LEFT JOIN official AS o ON o.paper_id = c.paper_id
LEFT JOIN verdicts AS v ON v.claim_id = c.claim_id;
COMMENT ON VIEW claims_wide IS 'One row a claim with everything joined: paper, devices, families, code, people''s verdicts. What people query and export.';
COMMENT ON COLUMN claims_wide.claim_id IS 'The claim.';
COMMENT ON COLUMN claims_wide.paper_id IS 'The paper.';
COMMENT ON COLUMN claims_wide.arxiv_id IS 'arXiv id of the paper, where known.';
COMMENT ON COLUMN claims_wide.title IS 'Title of the paper.';
COMMENT ON COLUMN claims_wide.published IS 'Day of publication, where stated.';
COMMENT ON COLUMN claims_wide.listed IS 'First day on which a page listed the paper.';
COMMENT ON COLUMN claims_wide.published_year IS 'Year of publication, else of the arXiv id, else of the listing.';
COMMENT ON COLUMN claims_wide.url IS 'Address of the paper.';
COMMENT ON COLUMN claims_wide.quote IS 'Exact words that hold the figure.';
COMMENT ON COLUMN claims_wide.metric IS 'What is measured, one of twelve: speed, memory, storage, ...';
COMMENT ON COLUMN claims_wide.measure IS 'What is measured, in the words of the text.';
COMMENT ON COLUMN claims_wide.kind IS 'change, level, fraction or parity.';
COMMENT ON COLUMN claims_wide.value IS 'The number as written; null for parity.';
COMMENT ON COLUMN claims_wide.value_max IS 'Upper end of a range.';
COMMENT ON COLUMN claims_wide.from_value IS 'A in "from A to B".';
COMMENT ON COLUMN claims_wide.unit IS 'x, %, points or the physical unit.';
COMMENT ON COLUMN claims_wide.bound IS 'up_to, at_least, about, average or exact.';
COMMENT ON COLUMN claims_wide.direction IS 'better, worse or none.';
COMMENT ON COLUMN claims_wide.target IS 'own or other.';
COMMENT ON COLUMN claims_wide.technique IS 'What reaches the figure, as written.';
COMMENT ON COLUMN claims_wide.baseline IS 'What it is compared with, as written.';
COMMENT ON COLUMN claims_wide.hardware IS 'Devices as written.';
COMMENT ON COLUMN claims_wide.devices IS 'Catalogue names of the devices.';
COMMENT ON COLUMN claims_wide.vendors IS 'Vendors of the devices.';
COMMENT ON COLUMN claims_wide.device_classes IS 'Classes of the devices: gpu, cpu, fpga, ...';
COMMENT ON COLUMN claims_wide.factor_min IS 'How many times better, lower end.';
COMMENT ON COLUMN claims_wide.factor_max IS 'How many times better, upper end.';
COMMENT ON COLUMN claims_wide.factor IS 'How many times better, the better end; below 1: worse; null where it cannot be told.';
COMMENT ON COLUMN claims_wide.delta IS 'Signed change in quality, in the unit written.';
COMMENT ON COLUMN claims_wide.phase IS 'training, fine-tuning, inference, search or data preparation.';
COMMENT ON COLUMN claims_wide.setting IS 'model, dataset, benchmark, batch, context as written.';
COMMENT ON COLUMN claims_wide.agreement IS 'Whether a change and its two levels agree, where both are given.';
COMMENT ON COLUMN claims_wide.confidence IS 'Calibrated probability that all strict fields are right.';
COMMENT ON COLUMN claims_wide.families IS 'Technique families of the paper, the surest first.';
COMMENT ON COLUMN claims_wide.official_code IS 'Address of the paper''s own code, where one is known.';
COMMENT ON COLUMN claims_wide.status IS 'unseen, confirmed or rejected, by people.';
COMMENT ON COLUMN claims_wide.corrected_fields IS 'Fields that people set.';
COMMENT ON COLUMN claims_wide.notes IS 'People''s notes.';
COMMENT ON COLUMN claims_wide.collections IS 'Collections that hold the claim.';
COMMENT ON COLUMN claims_wide.organisation IS 'Organisation that the page names.';
COMMENT ON COLUMN claims_wide.upvotes IS 'Upvotes of the paper.';
COMMENT ON COLUMN claims_wide.sentence IS 'The sentence that carries the claim.';
COMMENT ON COLUMN claims_wide.section IS 'title, abstract or a section of a full text.';
COMMENT ON COLUMN claims_wide.span_start IS 'First character of the quote within its section, from 0.';
COMMENT ON COLUMN claims_wide.span_end IS 'One past the last character of the quote.';
COMMENT ON COLUMN claims_wide.full_text IS 'True when the claim is from the text or a table of the paper, not from its title or abstract.';
