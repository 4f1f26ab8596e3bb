"""The help centre: articles, causes and search. Knows nothing about users."""
