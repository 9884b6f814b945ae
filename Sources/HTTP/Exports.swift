// What files and their errors are is shared with sessions, in a target of its own; who writes `import HTTP`
// has them, as they are part of its interface.
@_exported public import Files
