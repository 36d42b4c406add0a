"""The knowledge base: DuckDB tables, FAISS vectors, lexical index; question in, `Answer` out. Knows no screens."""
