using ComplianceGrid.Events;
using static ComplianceGrid.Status.Given;

namespace ComplianceGrid.Status;

public sealed class ClearanceTests
{
    private static readonly DateTimeOffset Now = Monday.AddDays(1);

    [Fact]
    public void Only_what_conditions_the_function_is_asked()
    {
        var policy = Policy(PreEmploymentTest, CertificateOnFile with { Functions = [WorkFunctions.Drive] });
        var facts = Facts(Driver(), Fact(FactOutcome.Satisfied, Monday));
        Assert.True(StatusEvaluator.Clear(facts, policy, WorkFunctions.Work, Now).Allowed);
        Assert.True(StatusEvaluator.Clear(facts, policy, WorkFunctions.SafetySensitive, Now).Allowed);
        var drive = StatusEvaluator.Clear(facts, policy, WorkFunctions.Drive, Now);
        Assert.Equal((false, "medical-certificate", 3, WorkFunctions.Drive, Now),
            (drive.Allowed, drive.Reasons.Single().Requirement, drive.PolicyVersion, drive.Function, drive.At));
    }

    [Fact]
    public void Driving_is_safety_sensitive_and_what_names_no_function_conditions_all()
    {
        var test = Policy(PreEmploymentTest);
        Assert.False(StatusEvaluator.Clear(Facts(Driver()), test, WorkFunctions.Drive, Now).Allowed);
        Assert.True(StatusEvaluator.Clear(Facts(Driver()), test, WorkFunctions.Work, Now).Allowed);
        foreach (var function in new[] { WorkFunctions.Drive, WorkFunctions.SafetySensitive, WorkFunctions.Work })
        {
            Assert.False(StatusEvaluator.Clear(Facts(Driver()), Policy(CertificateOnFile), function, Now).Allowed);
            Assert.False(StatusEvaluator.Clear(Facts(Driver()), Policy(CertificateOnFile with { Functions = [WorkFunctions.Work] }), function, Now).Allowed);
            Assert.True(StatusEvaluator.Clear(Facts(Driver()), Policy(), function, Now).Allowed);
        }
    }

    [Fact]
    public void It_answers_for_any_instant()
    {
        var facts = Facts(Driver(), Fact(FactOutcome.Satisfied, Monday, Certificate, to: new(2026, 12, 1)));
        var policy = Policy(CertificateOnFile);
        Assert.False(StatusEvaluator.Clear(facts, policy, WorkFunctions.Drive, Monday.AddTicks(-1)).Allowed);
        Assert.True(StatusEvaluator.Clear(facts, policy, WorkFunctions.Drive, Monday).Allowed);
        Assert.True(StatusEvaluator.Clear(facts, policy, WorkFunctions.Drive, Utc(2026, 12, 2, 6).AddTicks(-1)).Allowed);
        Assert.False(StatusEvaluator.Clear(facts, policy, WorkFunctions.Drive, Utc(2026, 12, 2, 6)).Allowed);
    }

    [Fact]
    public void A_stranger_a_leaver_no_policy_and_an_unknown_function_are_prohibited()
    {
        Prohibited(ReasonCode.NotEmployed, Facts(null), Policy());
        Prohibited(ReasonCode.NotEmployed, Facts(Driver(endedOn: new(2026, 3, 2))), Policy());
        Prohibited(ReasonCode.NotEmployed, Facts(Driver(endedOn: new(2026, 3, 2))), null);
        Prohibited(ReasonCode.NoPolicy, Facts(Driver()), null);
        Prohibited(ReasonCode.UnknownFunction, Facts(Driver()), Policy(), "zone:x-ray");
        Prohibited(ReasonCode.UnknownFunction, Facts(Driver()), Policy(), "");
    }

    [Fact]
    public void A_function_is_known_only_for_people_whom_one_of_its_requirements_covers()
    {
        var policy = Policy(CertificateOnFile with { Functions = [WorkFunctions.Drive, "zone:yard"], Roles = ["driver"] });
        var clerk = Facts(Driver() with { Roles = ["clerk"] });
        Prohibited(ReasonCode.UnknownFunction, clerk, policy, WorkFunctions.Drive);
        Prohibited(ReasonCode.UnknownFunction, clerk, policy, "zone:yard");
        Assert.True(StatusEvaluator.Clear(clerk, policy, WorkFunctions.Work, Now).Allowed);
        Assert.True(StatusEvaluator.Clear(Facts(Driver(), Fact(FactOutcome.Satisfied, Monday, Certificate)), policy, "zone:yard", Now).Allowed);
    }

    [Fact]
    public void One_requirement_of_several_that_covers_a_person_makes_the_function_known()
    {
        var policy = Policy(CertificateOnFile with { Functions = [WorkFunctions.Drive], Roles = ["driver"] }, PreEmploymentTest with { Functions = [WorkFunctions.Drive], Roles = ["mechanic"] });
        Assert.True(StatusEvaluator.Clear(Facts(Driver(), Fact(FactOutcome.Satisfied, Monday, Certificate)), policy, WorkFunctions.Drive, Now).Allowed);
    }

    [Fact]
    public void Amber_is_cleared() =>
        Assert.True(StatusEvaluator.Clear(Facts(Driver()), Policy(Handbook), WorkFunctions.Work, Utc(2026, 4, 10)).Allowed);

    private static void Prohibited(ReasonCode code, EmployeeFacts facts, Policies.PolicyVersion? policy, string function = WorkFunctions.Work)
    {
        var clearance = StatusEvaluator.Clear(facts, policy, function, Now);
        Assert.Equal((false, code), (clearance.Allowed, clearance.Reasons.Single().Code));
    }
}
