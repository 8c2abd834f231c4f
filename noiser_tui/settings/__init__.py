"""What the user chose once and for all: settings and keys, from files both front ends read."""
