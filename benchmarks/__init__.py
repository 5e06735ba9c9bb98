"""Benchmarks: this toolkit beside a plain C code and the libraries that can fly the same problems."""
