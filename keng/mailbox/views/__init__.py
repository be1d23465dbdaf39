"""What reporters post: sealed parts, the asking after a thread, and the plain path. The pages that post the first two are in `pages`."""
