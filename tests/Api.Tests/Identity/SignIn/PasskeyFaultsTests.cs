using System.Text.Json;
using ComplianceGrid.Api.Identity.SignIn;
using Npgsql;

namespace ComplianceGrid.Api.Tests.Identity.SignIn;

public sealed class PasskeyFaultsTests
{
    [Fact]
    public void A_database_that_is_away_is_nobodys_wrong_try()
    {
        var away = new NpgsqlException("away");
        Assert.Same(away, Assert.Throws<NpgsqlException>(() => PasskeyFaults.Rethrow(new("unexpected", new InvalidOperationException("retries", away)))));
        Assert.Throws<TimeoutException>(() => PasskeyFaults.Rethrow(new("unexpected", new TimeoutException())));
    }

    [Fact]
    public void What_does_not_verify_stays_a_refusal()
    {
        PasskeyFaults.Rethrow(null);
        PasskeyFaults.Rethrow(new("The challenge does not match."));
        PasskeyFaults.Rethrow(new("not readable", new JsonException()));
    }
}
