"""Pages of review: the queue, drafts, proposals, error reports and deleted records."""
