// And what files are called, which is shared with HTTP.
@_exported public import Files
// Who writes `import Sessions` has the values of the protocol too: receipts, codes, gaps, limits,
// ledgers. The machine that makes them is a target of its own because it does no I/O.
@_exported public import SessionProtocol
