"""The tab as one file: a page that needs no server, for notebooks and for sending."""
