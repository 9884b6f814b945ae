// Who writes `import Sockets` has the IP address values too: that they live in a target of their
// own is for the pure targets, which must not import this one.
@_exported public import Addresses
