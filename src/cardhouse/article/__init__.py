"""The article room: read an article, find the figures in it."""
