// An app imports Weonomy alone: the values that its functions take and give come along.
@_exported public import WeData
@_exported public import WeKeys
@_exported public import WeSync
@_exported public import WeTransport
