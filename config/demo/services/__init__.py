"""Public services in the demo: some two thousand dossiers in Thanh Yên and its neighbours. Nobody in it exists."""
