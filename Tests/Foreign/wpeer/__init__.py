"""An independent peer for the Weonomy protocol, written from Protocol.md alone.

Each module names the sections of Protocol.md that it follows; `wpeer.conformance` is the test.
"""
