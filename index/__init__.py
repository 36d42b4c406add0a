"""The knowledge base: DuckDB tables, FAISS vectors, lexical index; question in, `Answer` out. Knows no screens."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from index.answer import Answer
    from index.knowledge_base import KnowledgeBase

__all__ = ["Answer", "KnowledgeBase"]


def __getattr__(name: str) -> Any:
    """Imports on first use: index.answer alone must not load DuckDB."""
    if name == "KnowledgeBase":
        from index.knowledge_base import KnowledgeBase

        return KnowledgeBase
    if name == "Answer":
        from index.answer import Answer

        return Answer
    raise AttributeError(f"module 'index' has no attribute {name!r}")
