using CsCheck;

namespace ComplianceGrid.Status;

/// <summary>
/// A second opinion that shares no code with the engine: it walks a calendar hour by hour, asks the zone what day it is, and
/// counts days.
/// </summary>
public sealed class CertificateModelTests
{
    private static readonly string[] Zones =
        ["America/Chicago", "America/Havana", "Asia/Beirut", "Pacific/Honolulu", "Australia/Lord_Howe", "Asia/Kathmandu", "Europe/London"];

    [Fact]
    public void The_engine_agrees_at_every_half_hour_around_every_border() =>
        Gen.Select(Worlds.Among(Zones), Gen.Int[0, 1500], Gen.Int[0, 60], Gen.Int[0, 200]).Sample((zone, expires, amberDays, held) =>
        {
            var lastDay = new DateTime(2024, 1, 1).AddDays(expires);
            var issued = new DateTimeOffset(lastDay.AddDays(-held).AddHours(-40), TimeSpan.Zero);
            var clock = TimeZoneInfo.FindSystemTimeZoneById(zone);
            var requirement = Given.CertificateOnFile with { AmberDays = amberDays };
            var facts = Given.Facts(
                Given.Driver("nowhere", zone, hiredOn: new(2020, 1, 1)),
                Given.Fact(Events.FactOutcome.Satisfied, issued, Given.Certificate, to: DateOnly.FromDateTime(lastDay)));
            foreach (var border in new[] { issued, new DateTimeOffset(lastDay.AddDays(-amberDays), TimeSpan.Zero), new DateTimeOffset(lastDay.AddDays(1), TimeSpan.Zero) })
            {
                for (var at = border.AddHours(-16); at < border.AddHours(16); at = at.AddMinutes(30))
                {
                    var engine = StatusEvaluator.Evaluate(facts, Given.Policy(requirement), at).Status;
                    Assert.True(Model(at) == engine, $"{zone} {at:O}: {Model(at)}, but the engine says {engine}");
                }
            }

            ComplianceStatus Model(DateTimeOffset at)
            {
                var daysLeft = (int)(lastDay - TimeZoneInfo.ConvertTime(at, clock).Date).TotalDays;
                return at < issued || daysLeft < 0 ? ComplianceStatus.Red : daysLeft <= amberDays ? ComplianceStatus.Amber : ComplianceStatus.Green;
            }
        }, iter: Iterations.Of(300));
}
