"""What goes to Inseq and what comes from it, tried with Inseq itself."""
