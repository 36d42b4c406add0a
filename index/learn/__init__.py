"""Scripts that made what is learned under data/. None of them runs in the product; they need torch and a corpus."""
