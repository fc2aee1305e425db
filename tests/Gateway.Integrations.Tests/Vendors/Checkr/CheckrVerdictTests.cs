using ComplianceGrid.Events;
using ComplianceGrid.Gateway.Vendors.Checkr;
using ComplianceGrid.TestKit;
using CsCheck;

namespace ComplianceGrid.Gateway.Tests.Vendors.Checkr;

public sealed class CheckrVerdictTests
{
    [Theory]
    [InlineData("pending", null, null, null, FactOutcome.Pending)]
    [InlineData("suspended", null, null, null, FactOutcome.Pending)]
    [InlineData("paused", null, null, null, FactOutcome.Pending)]
    [InlineData("pending", "clear", "eligible", null, FactOutcome.Pending)] // not complete: a result so far is no result
    [InlineData("complete", "clear", null, null, FactOutcome.Satisfied)]
    [InlineData("complete", "consider", null, null, FactOutcome.AwaitingReview)]
    [InlineData("complete", null, null, null, FactOutcome.AwaitingReview)]
    [InlineData("complete", "consider", "eligible", null, FactOutcome.Satisfied)] // assessment before result
    [InlineData("complete", "clear", "review", null, FactOutcome.AwaitingReview)]
    [InlineData("complete", "clear", "escalated", null, FactOutcome.AwaitingReview)]
    [InlineData("complete", "consider", null, "engaged", FactOutcome.AwaitingReview)]
    [InlineData("complete", "consider", null, "pre_adverse_action", FactOutcome.AwaitingReview)]
    [InlineData("complete", "consider", null, "post_adverse_action", FactOutcome.Failed)]
    [InlineData("dispute", "consider", null, null, FactOutcome.AwaitingReview)]
    [InlineData("dispute", "clear", "eligible", null, FactOutcome.AwaitingReview)]
    [InlineData("canceled", null, null, null, FactOutcome.Cancelled)]
    [InlineData("clear", null, null, null, FactOutcome.Satisfied)] // older payloads
    [InlineData("consider", null, null, null, FactOutcome.AwaitingReview)]
    [InlineData("resurrected", "clear", null, null, FactOutcome.Pending)]
    [InlineData("complete", "splendid", null, null, FactOutcome.AwaitingReview)]
    [InlineData("complete", "clear", "splendid", null, FactOutcome.AwaitingReview)]
    [InlineData("complete", "clear", null, "splendid", FactOutcome.AwaitingReview)]
    public void Table(string status, string? result, string? assessment, string? adjudication, FactOutcome expected) =>
        Assert.Equal(expected, CheckrVerdict.Of(status, result, assessment, adjudication).Outcome);

    /// <summary><c>docs/status.md</c> promises it to who integrates. Of older payloads, whose status is a result, it does not speak.</summary>
    [Fact]
    public void It_is_the_documents_table() =>
        Gen.Select(Word, Word, Word, Word).Where((status, _, _, _) => status is not (null or "clear" or "consider")).Sample((status, result, assessment, adjudication) =>
            Assert.Equal(StatusTables.OutcomeOf(status!, result, assessment, adjudication), CheckrVerdict.Of(status!, result, assessment, adjudication).Outcome.ToString(), ignoreCase: true));

    private static readonly string?[] Words = [null, "clear", "consider", "eligible", "review", "escalated", "engaged",
        "pre_adverse_action", "post_adverse_action", "complete", "pending", "dispute", "canceled", "suspended", "paused", "", "?"];
    private static readonly Gen<string?> Word = Gen.Int[0, Words.Length - 1].Select(i => Words[i]);

    /// <summary>Only these two sentences let a person work: "clear" with nothing against it, or "eligible" by the customer's own rules.</summary>
    [Fact]
    public void Nothing_but_clear_or_eligible_satisfies() =>
        Gen.Select(Word, Word, Word, Word).Sample((status, result, assessment, adjudication) =>
        {
            var (outcome, word) = CheckrVerdict.Of(status ?? "", result, assessment, adjudication);
            var satisfied = adjudication is null
                && ((status is "complete" or "clear" or "consider" && assessment == "eligible")
                    || (assessment is null && ((status == "complete" && result == "clear") || (status == "clear" && result is null or "clear" && status == "clear") || (status == "consider" && result == "clear"))));
            return word is not null && satisfied == (outcome == FactOutcome.Satisfied);
        });
}
