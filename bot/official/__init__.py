"""The office's own papers as Word drafts: the forms' words, templates an agency may replace, filling them in."""
