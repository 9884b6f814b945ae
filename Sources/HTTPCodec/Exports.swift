// Messages are values of HTTPTypes: who writes `import HTTPCodec` has them too.
@_exported public import HTTPTypes
