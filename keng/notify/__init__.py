"""What leaves the house: messages to officers, one folder a channel. It knows addresses and words, no report and no person."""
