"""What is measured: one script a capability, each prints JSON lines (`name`, `value`, `unit`, `ratio` and `floor` where they fit)."""
