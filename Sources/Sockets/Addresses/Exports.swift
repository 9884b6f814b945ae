// Who writes `import Sockets` has the IP address values too: that they live in a target of their
// own is for the pure targets, which must not import this one.
@_exported public import Addresses

// So are the headers of packets: what a raw or packet socket receives begins with one, and how it says
// what (IPProtocol, LinuxCookedHeader, BPFProgram) is part of its own interface.
@_exported public import Packets
