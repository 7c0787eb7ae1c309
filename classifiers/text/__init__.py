"""Text as the models read it: normal form, alphabets, homoglyphs, languages."""
