namespace ComplianceGrid.Status;

/// <summary>Reasons that no requirement of a policy gives.</summary>
internal static class StandingReasons
{
    public const string Employment = "employment";
    public const string PolicyInForce = "policy";

    public static readonly StatusReason NeverHired = Red(
        ReasonCode.NotEmployed, Employment, "no such employee", "hire the person first");

    public static readonly StatusReason NoPolicy = Red(
        ReasonCode.NoPolicy, PolicyInForce, "no policy is in force", "publish a policy");

    public static StatusReason Ended(DateOnly? lastDay, DateTimeOffset since) => Red(
        ReasonCode.NotEmployed, Employment, $"employment ended on {lastDay:yyyy-MM-dd}", "hire the person again") with
    {
        Since = since,
        DueOn = lastDay,
    };

    public static StatusReason UnknownFunction(string function) => Red(
        ReasonCode.UnknownFunction, function, "no rule of the policy covers this person for this function",
        "check the function's name and the person's roles");

    private static StatusReason Red(ReasonCode code, string requirement, string text, string remedy) => new()
    {
        Code = code,
        Status = ComplianceStatus.Red,
        Requirement = requirement,
        Text = text,
        Remedy = remedy,
        Audience = Audience.Everyone,
    };
}
