using ComplianceGrid.Storage.GrainState;

namespace ComplianceGrid.Status;

public sealed class GoldenTests
{
    /// <summary>Of each state of <c>XState</c> there is a class <c>XStateTests</c> with the JSON of yesterday.</summary>
    [Fact]
    public void Every_stored_state_has_yesterdays_form()
    {
        var held = typeof(GoldenTests).Assembly.GetTypes().Where(tests => tests.GetMethod(nameof(Orders.OrderStateTests.Yesterdays_state_is_read)) is not null)
            .Select(tests => tests.Name).ToHashSet();
        var states = typeof(GrainsExtensions).Assembly.GetTypes().Where(type => type is { IsClass: true } && type.IsAssignableTo(typeof(ICommittedState))).Select(type => type.Name).ToList();
        Assert.NotEmpty(states);
        Assert.All(states, state => Assert.Contains(state + "Tests", held));
    }
}
