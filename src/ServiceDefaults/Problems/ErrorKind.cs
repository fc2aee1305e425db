using Microsoft.AspNetCore.Http;

namespace ComplianceGrid.ServiceDefaults.Problems;

/// <summary>HTTP status and title of each <see cref="GridError"/>.</summary>
internal static class ErrorKind
{
    public static (int Status, string Title) Of(GridError error) => error switch
    {
        GridError.Malformed => (StatusCodes.Status400BadRequest, "The request is not well formed"),
        GridError.Invalid => (StatusCodes.Status422UnprocessableEntity, "A value is not acceptable"),
        GridError.NotFound => (StatusCodes.Status404NotFound, "Not found"),
        GridError.AlreadyExists => (StatusCodes.Status409Conflict, "Already exists"),
        GridError.PreconditionFailed => (StatusCodes.Status412PreconditionFailed, "The record has changed"),
        GridError.PreconditionRequired => (StatusCodes.Status428PreconditionRequired, "If-Match is required"),
        GridError.Unauthenticated => (StatusCodes.Status401Unauthorized, "Not authenticated"),
        GridError.Forbidden => (StatusCodes.Status403Forbidden, "Not permitted"),
        GridError.OtherTenant => (StatusCodes.Status403Forbidden, "Another tenant's record"),
        GridError.EmploymentEnded => (StatusCodes.Status409Conflict, "Employment has ended"),
        GridError.NoPolicy => (StatusCodes.Status422UnprocessableEntity, "No policy is in force"),
        GridError.TooLarge => (StatusCodes.Status413PayloadTooLarge, "The body is too large"),
        GridError.UnsupportedMediaType => (StatusCodes.Status415UnsupportedMediaType, "The content type is not supported"),
        GridError.TooManyRequests => (StatusCodes.Status429TooManyRequests, "Too many requests"),
        GridError.Unavailable => (StatusCodes.Status503ServiceUnavailable, "Temporarily unavailable"),
        GridError.BadSignature => (StatusCodes.Status401Unauthorized, "The signature does not fit"),
        GridError.UnknownConnection => (StatusCodes.Status404NotFound, "No such vendor connection"),
        GridError.MethodNotAllowed => (StatusCodes.Status405MethodNotAllowed, "The method is not allowed here"),
        GridError.TooManyFacts => (StatusCodes.Status409Conflict, "The record is full"),
        GridError.AuditNoRoom => (StatusCodes.Status503ServiceUnavailable, "No room for the audit entry"),
        GridError.Busy => (StatusCodes.Status503ServiceUnavailable, "Busy"),
        GridError.BadCredentials => (StatusCodes.Status401Unauthorized, "Not signed in"),
        GridError.PurposeRequired => (StatusCodes.Status400BadRequest, "X-Purpose-Of-Use is required"),
        GridError.TooSlow => (StatusCodes.Status408RequestTimeout, "The request came too slowly"),
        GridError.Fault => (StatusCodes.Status500InternalServerError, "A fault of the service"),
        _ => (StatusCodes.Status500InternalServerError, "A fault of the service"),
    };

    /// <summary>The error that stands for a bare status code; null: the status is no error of ours.</summary>
    public static GridError? OfStatus(int status) => status switch
    {
        StatusCodes.Status401Unauthorized => GridError.Unauthenticated,
        StatusCodes.Status403Forbidden => GridError.Forbidden,
        StatusCodes.Status404NotFound => GridError.NotFound,
        StatusCodes.Status405MethodNotAllowed => GridError.MethodNotAllowed,
        StatusCodes.Status408RequestTimeout => GridError.TooSlow,
        StatusCodes.Status412PreconditionFailed => GridError.PreconditionFailed,
        StatusCodes.Status413PayloadTooLarge => GridError.TooLarge,
        StatusCodes.Status415UnsupportedMediaType => GridError.UnsupportedMediaType,
        StatusCodes.Status422UnprocessableEntity => GridError.Invalid,
        StatusCodes.Status428PreconditionRequired => GridError.PreconditionRequired,
        StatusCodes.Status429TooManyRequests => GridError.TooManyRequests,
        StatusCodes.Status503ServiceUnavailable => GridError.Unavailable,
        >= 400 and < 500 => GridError.Malformed,
        >= 500 => GridError.Fault,
        _ => null,
    };
}
