// Headers hold addresses: who writes `import Packets` has them too, with or without Sockets.
@_exported public import Addresses
