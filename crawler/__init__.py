"""Pages, feeds and files in, `Paper` out. Knows the web and file formats, nothing of claims."""

from crawler.paper import Paper, Source, arxiv_id_in, normalised_title, paper_id_for

__all__ = ["Paper", "Source", "arxiv_id_in", "normalised_title", "paper_id_for"]
