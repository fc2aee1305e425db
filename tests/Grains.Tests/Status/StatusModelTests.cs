using CsCheck;

namespace ComplianceGrid.Status;

/// <summary>The engine against <see cref="StatusModel"/>, for people, policies and instants made up.</summary>
public sealed class StatusModelTests
{
    private static readonly string[] Functions = ["work", "drive", "safety-sensitive", "zone:yard", "zone:x-ray"];

    /// <summary>Worlds whose requirements also ask for roles and functions, cite, and are watched by some.</summary>
    private static readonly Gen<World> Wide = Gen.Select(Worlds.World, Gen.Int[0, 5].Array[8], Gen.Int[0, 5].Array[8], Gen.Int[0, 3].Array[8])
        .Select((world, functions, roles, cited) => world with
        {
            Policy = world.Policy with
            {
                Policy = world.Policy.Policy with
                {
                    Requirements = [.. world.Policy.Policy.Requirements.Select((r, i) => r with
                    {
                        Functions = functions[i] switch { 0 => ["drive"], 1 => ["safety-sensitive", "zone:yard"], 2 => ["work"], 3 => ["zone:yard"], _ => [] },
                        Roles = roles[i] switch { 0 => ["clerk"], 1 => ["clerk", "driver"], _ => [] },
                        Citation = cited[i] == 0 ? "49 CFR 391.41" : null,
                    })],
                },
            },
        });

    [Fact]
    public void It_gives_the_same_reasons() => Wide.Sample(world =>
    {
        foreach (var at in Instants(world))
        {
            var assessment = StatusEvaluator.Evaluate(world.Facts, world.Policy, at);
            Assert.Equal(
                new StatusModel(world.Facts, world.Policy.Policy, at).Reasons(),
                assessment.Reasons.Select(r => new Told(r.Requirement, r.Code, r.Status, r.Since, r.DueOn)));
            foreach (var reason in assessment.Reasons.Where(r => r.Requirement != "employment"))
            {
                var requirement = world.Policy.Policy.Requirements.Single(r => r.Code == reason.Requirement);
                Assert.Equal((requirement.Citation, requirement.Audience), (reason.Citation, reason.Audience));
            }
        }
    }, iter: Iterations.Of(1000));

    [Fact]
    public void It_clears_for_the_same_functions() => Wide.Sample(world =>
    {
        foreach (var function in Functions)
        {
            var clearance = StatusEvaluator.Clear(world.Facts, world.Policy, function, world.Now);
            var prohibiting = new StatusModel(world.Facts, world.Policy.Policy, world.Now).Prohibiting(function);
            Assert.Equal(prohibiting ?? [function], clearance.Reasons.Select(r => r.Requirement));
            Assert.Equal(prohibiting is [], clearance.Allowed);
            if (prohibiting is null) Assert.Equal(ReasonCode.UnknownFunction, clearance.Reasons.Single().Code);
        }
    }, iter: Iterations.Of(1000));

    /// <summary>Now, and the instants about which the facts speak, and the tick before each.</summary>
    private static IEnumerable<DateTimeOffset> Instants(World world)
    {
        var days = world.Facts.Facts.SelectMany(f => (DateTimeOffset?[])[f.ObservedAt, f.ExpectedBy]).OfType<DateTimeOffset>().Where(at => at > DateTimeOffset.MinValue);
        return days.Append(world.Now).SelectMany(at => (DateTimeOffset[])[at, at.AddTicks(-1)]);
    }
}
