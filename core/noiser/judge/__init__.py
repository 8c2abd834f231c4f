"""Asking a judge which words complete a prompt of which it sees only some words."""
