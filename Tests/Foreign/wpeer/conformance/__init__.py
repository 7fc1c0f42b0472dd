"""The conformance test that section 19 of Protocol.md asks for: this peer against the program.

`examples` recomputes the page's examples, `harness` holds what the cases need around the peer,
`runner` runs them; every other module holds cases.
"""
