using Microsoft.AspNetCore.Mvc;

namespace ComplianceGrid.Api.OpenApi;

/// <summary>Problems that an endpoint can answer with, besides those that every endpoint can.</summary>
internal sealed record Answers(params GridError[] Errors);

/// <summary>Needs If-Match (or, for something new, If-None-Match: *).</summary>
internal sealed record Conditional;

/// <summary>Answers 201 with a Location; a POST takes an Idempotency-Key.</summary>
internal sealed record Creating;

/// <summary>Its answer has an ETag.</summary>
internal sealed record Tagged;

/// <summary>Reads its body itself, and passes over members that it does not know.</summary>
internal sealed record ReadsItself;

/// <summary>What the document says of an endpoint and the endpoint's code does.</summary>
internal static class EndpointTraits
{
    public static RouteHandlerBuilder Answers(this RouteHandlerBuilder endpoint, params GridError[] errors) =>
        endpoint.WithMetadata(new Answers(errors));

    /// <summary>A JSON body of at most so many bytes.</summary>
    public static RouteHandlerBuilder Takes(this RouteHandlerBuilder endpoint, int bytes) => endpoint
        .WithMetadata(new RequestSizeLimitAttribute(bytes))
        .Answers(GridError.Invalid, GridError.TooLarge, GridError.UnsupportedMediaType);

    /// <summary>A JSON body of this shape and at most so many bytes, which something before the endpoint reads and answers.</summary>
    public static RouteHandlerBuilder Exchanges<TBody, TAnswer>(this RouteHandlerBuilder endpoint, int bytes) where TBody : notnull => endpoint
        .WithMetadata(new RequestSizeLimitAttribute(bytes), new ReadsItself()).Accepts<TBody>("application/json").Produces<TAnswer>();

    public static RouteHandlerBuilder IsConditional(this RouteHandlerBuilder endpoint) => endpoint
        .WithMetadata(new Conditional()).Answers(GridError.PreconditionFailed, GridError.PreconditionRequired);

    public static RouteHandlerBuilder Creates(this RouteHandlerBuilder endpoint) => endpoint.WithMetadata(new Creating());
}
