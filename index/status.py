"""What is in a knowledge base and how fresh it is."""

from typing import TYPE_CHECKING, Any

from crawler.archive import Archive
from crawler.crawl import gaps
from index import builds, reading, sources

if TYPE_CHECKING:
    from index.knowledge_base import KnowledgeBase


def status(base: "KnowledgeBase", *, check: bool = False) -> dict[str, Any]:
    """Counts, days, freshness and health of the current build, JSON-ready.

    `entries`, `papers`, `claims` of the build; `full_texts`: papers whose text was read too;
    `days`: days with papers listed or crawled; `failed`: the crawled days with something missing, and why;
    `gaps`: crawled days that failed and weekdays between them never asked for; `waiting`: entries read since the
    build; `damage`: files that are not as built, told by sizes and ends unless the build is small; with `check` by
    every byte, and of `papers/` and `responses/` too.
    """
    manifest, verdicts = base.build.manifest, base.verdicts
    (days,) = base.rows(
        "SELECT count(DISTINCT listed_day) AS n FROM ("
        "SELECT listed AS listed_day FROM paper_sources WHERE listed IS NOT NULL UNION ALL "
        "SELECT crawl_day FROM crawl_days)"
    )
    (texts,) = base.rows("SELECT count(*) AS n FROM full_texts")
    failed = base.rows("SELECT crawl_day, reason FROM crawl_days WHERE failed ORDER BY crawl_day")
    archive = Archive(base.home)
    entries_now, torn, missing = archive.entries(), archive.damaged(), gaps(list(archive.crawl_days()))
    archive.close()
    return {
        **manifest["counts"],
        "full_texts": texts["n"],
        "days": days["n"],
        "failed": [{"day": row["crawl_day"].isoformat(), "why": row["reason"]} for row in failed],
        "gaps": [day.isoformat() for day in missing],
        "build": base.build.number,
        "built_at": manifest["built_at"],
        "waiting": entries_now - manifest["counts"]["entries"],
        "encoder": manifest["encoder"],
        "recall": manifest.get("recall"),
        "extractor": manifest["reading"],
        "extractor_changed": manifest["reading"].partition("-")[0] != reading.version(),
        "versions": manifest["versions"],
        "verdicts": verdicts.entries,
        "moved": list(verdicts.moved),
        "orphans": list(verdicts.orphans),
        "unreadable": [*verdicts.unreadable, *base.unread_measurements, *(f"{bad.place}: {bad.why}" for bad in torn)],
        "damage": builds.damage(base.build, whole=check) + (sources.damage(base.build, base.home) if check else []),
        "checked": check,
        "notes": manifest["notes"],
        "bytes": sum(file["bytes"] for file in manifest["files"].values()),
    }
