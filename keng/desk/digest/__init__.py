"""The digest: what waits for an officer, as counts, by mail at fixed hours. Always of one length, and sent when there is nothing, too."""
