namespace ComplianceGrid;

/// <summary>A refusal with a stable number; hosts map it to RFC 9457 problem details. Changes nothing.</summary>
[GenerateSerializer, Alias("GridException")]
public sealed class GridException : Exception
{
    public GridException(GridError error, string detail) : base(detail) => Error = error;

    [Id(0)]
    public GridError Error { get; init; }
}

/// <summary>Every error a caller can meet. The number is stable; <c>docs/status-codes.md</c> has a section for each.</summary>
public enum GridError
{
    /// <summary>400: the request is not well formed.</summary>
    Malformed = 1001,
    /// <summary>422: well formed, but a value is not acceptable.</summary>
    Invalid = 1002,
    /// <summary>404: no such record in this tenant.</summary>
    NotFound = 1003,
    /// <summary>409: the id, or the employee number, is taken by another record.</summary>
    AlreadyExists = 1004,
    /// <summary>412: the record changed since the given ETag.</summary>
    PreconditionFailed = 1005,
    /// <summary>428: this change needs an If-Match header.</summary>
    PreconditionRequired = 1006,
    /// <summary>401: no valid token.</summary>
    Unauthenticated = 1007,
    /// <summary>403: the token's roles lack the permission.</summary>
    Forbidden = 1008,
    /// <summary>403: the call's tenant is not the record's tenant.</summary>
    OtherTenant = 1009,
    /// <summary>409: employment has ended; the record is closed.</summary>
    EmploymentEnded = 1010,
    /// <summary>422: no policy is in force for the tenant.</summary>
    NoPolicy = 1011,
    /// <summary>413: the body is larger than this endpoint takes.</summary>
    TooLarge = 1012,
    /// <summary>415: the content type is not one this endpoint takes.</summary>
    UnsupportedMediaType = 1013,
    /// <summary>429: too many requests; see Retry-After.</summary>
    TooManyRequests = 1014,
    /// <summary>503: a dependency is away; see Retry-After.</summary>
    Unavailable = 1015,
    /// <summary>401: the webhook's signature fits none of the connection's active keys.</summary>
    BadSignature = 1016,
    /// <summary>404: no such vendor connection.</summary>
    UnknownConnection = 1017,
    /// <summary>405: this endpoint has no such method.</summary>
    MethodNotAllowed = 1018,
    /// <summary>409: the record holds as much as one may; an event that says this is parked.</summary>
    TooManyFacts = 1019,
    /// <summary>503: there is no room to put the request on record, and the tenant fails closed (AU-5).</summary>
    AuditNoRoom = 1020,
    /// <summary>503: as many are being worked on as there is room for; see Retry-After.</summary>
    Busy = 1021,
    /// <summary>401: the name, the password or the second factor is wrong, or the sign-in is over.</summary>
    BadCredentials = 1022,
    /// <summary>400: the tenant asks what protected health information is read for, in X-Purpose-Of-Use.</summary>
    PurposeRequired = 1030,
    /// <summary>408: the request's body did not arrive in time.</summary>
    TooSlow = 1031,
    /// <summary>500: a fault of ours; the request id finds it in the log.</summary>
    Fault = 1099,
}
