"""DELIVER: what is to be said is written, claimed, sent and settled; files that people sent are fetched."""
