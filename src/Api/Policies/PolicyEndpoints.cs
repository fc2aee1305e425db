using System.Collections.Immutable;
using System.ComponentModel;
using ComplianceGrid.Api.Audit;
using ComplianceGrid.Api.Grid;
using ComplianceGrid.Api.Http;
using ComplianceGrid.Api.OpenApi;
using ComplianceGrid.Api.Security;
using ComplianceGrid.Policies;
using ComplianceGrid.Status;
using ComplianceGrid.Storage.Identity;

namespace ComplianceGrid.Api.Policies;

/// <summary><c>/api/policies</c>: the tenant's policy. A PUT puts a new version in force at once.</summary>
internal static class PolicyEndpoints
{
    private const int LongestBody = 1 << 20;

    public static void MapPolicies(this IEndpointRouteBuilder app)
    {
        var policies = app.MapGroup("/api/policies").WithTags("Policies");
        policies.MapGet("/", GetAsync).WithName("getPolicy").Answers(GridError.NotFound)
            .RequirePermission(Permission.PoliciesRead);
        policies.MapPut("/", PublishAsync).WithName("publishPolicy").Takes(LongestBody).IsConditional().Creates()
            .RequirePermission(Permission.PoliciesWrite);
    }

    private static async Task<Representation<PolicyAnswer>> GetAsync(HttpContext context, TenantGrains grains, Memberships memberships, CancellationToken ct)
    {
        try
        {
            return Answer(await OfAsync(await grains.Policy(context.Caller()).Get(), context.Caller(), memberships, ct));
        }
        catch (GridException none) when (none.Error == GridError.NoPolicy)
        {
            throw new GridException(GridError.NotFound, "No policy was published yet. Publish one with PUT and If-None-Match: *.");
        }
    }

    private static async Task<Representation<PolicyAnswer>> PublishAsync(Policy policy, HttpContext context, TenantGrains grains, Memberships memberships, CancellationToken ct)
    {
        var grain = grains.Policy(context.Caller());
        var expected = context.Request.IsFirst() ? 0 : checked((int)Math.Min(int.MaxValue,
            await context.Request.ExpectedRevisionAsync(async () => (await grain.Get()).InForce.Version)));
        PolicyChecks.Check(policy);
        var record = await grain.Publish(policy, expected);
        if (record.InForce.Version != expected) context.Audit().RidesInGrain();
        var answer = await OfAsync(record, context.Caller(), memberships, ct);
        return expected == 0 && record.InForce.Version == 1
            ? Representation.Created(answer, answer.Version, "/api/policies")
            : Answer(answer);
    }

    private static Representation<PolicyAnswer> Answer(PolicyAnswer answer) => Representation.Of(answer, answer.Version);

    private static async Task<PolicyAnswer> OfAsync(PolicyRecord record, Caller caller, Memberships memberships, CancellationToken ct) => new()
    {
        Version = record.InForce.Version,
        InForceSince = record.InForce.InForceSince,
        PublishedBy = record.InForce.PublishedBy,
        Policy = record.InForce.Policy,
        Status = record.Assessment.Status,
        Reasons = [.. record.Assessment.Reasons.Select(reason => reason.Text)],
        History = record.History,
        MembersWithoutPasskey = record.InForce.Policy.PasskeysOnly == true ? await memberships.WithoutPasskeyAsync(caller.Tenant, ct) : null,
    };
}

internal sealed record PolicyAnswer
{
    [Description("Counts from 1; the ETag begins with it.")]
    public required int Version { get; init; }
    public required DateTimeOffset InForceSince { get; init; }
    public required string PublishedBy { get; init; }
    public required Policy Policy { get; init; }
    [Description("The policy's own status: its review is overdue, or too few people are green.")]
    public required ComplianceStatus Status { get; init; }
    public required ImmutableArray<string> Reasons { get; init; }
    [Description("Earlier versions, newest first.")]
    public required ImmutableArray<PolicyHistoryEntry> History { get; init; }
    [Description("Where the policy has passkeysOnly: members who have no passkey. Those who have another factor cannot sign in until it is replaced by a passkey, see factor-reset.")]
    public long? MembersWithoutPasskey { get; init; }
}
