namespace ComplianceGrid.Storage.Audit.Ledger;

/// <summary>A log is not as its writer knew it: another one appended, or a new epoch was opened. Nothing was written.</summary>
internal sealed class LedgerConflictException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>COMMIT was sent and not answered: the entries may be there or not.</summary>
internal sealed class LedgerOutcomeUnknownException(Exception inner) : Exception("The commit was not answered.", inner);
