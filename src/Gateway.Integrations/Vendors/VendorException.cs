namespace ComplianceGrid.Gateway.Vendors;

/// <summary>The vendor answered, but not what was asked for. The message holds no word of the answer: it could name a person.</summary>
internal sealed class VendorException(int status, string message) : Exception(message)
{
    /// <summary>HTTP status; 0: the answer could not be read.</summary>
    public int Status => status;

    /// <summary>The request itself was refused: sending it again brings the same.</summary>
    public bool IsRefusal => status is 400 or 409 or 422;
}
