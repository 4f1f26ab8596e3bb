"""How customers help themselves: articles, causes and search. Knows no people."""
