"""One module a group of commands: parse, call, print."""
