"""Who holds which office, as the Dinas lists it: a row, the file, and taking it over."""
