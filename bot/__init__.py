"""What runs: keep, turn, deliver, the clock, the web, and the phones to try it all on."""
