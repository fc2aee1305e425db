using ComplianceGrid.Audit;
using ComplianceGrid.Employees;
using ComplianceGrid.Events;
using ComplianceGrid.Identity;
using ComplianceGrid.Limits;
using ComplianceGrid.Orders;
using ComplianceGrid.Parking;
using ComplianceGrid.Policies;
using ComplianceGrid.Status;
using ComplianceGrid.Tenancy;

namespace ComplianceGrid.Interfaces.Tests.Contracts;

/// <summary>One of each payload that crosses the wire between versions, with every member set.</summary>
internal static class Samples
{
    private static readonly Guid Id = Guid.Parse("0190a7c0-0000-7000-8000-000000000001");
    private static readonly DateTimeOffset Instant = new(2026, 3, 2, 15, 4, 5, TimeSpan.Zero);
    private static readonly DateOnly Day = new(2027, 3, 2);
    private static readonly EmployeeKey Employee = new(new("acme"), Id);

    private static readonly StatusAssessment Assessment = new()
    {
        Status = ComplianceStatus.Amber,
        Reasons = [new() { Code = ReasonCode.Expiring, Status = ComplianceStatus.Amber, Requirement = "card", Text = "card expires", Citation = "49 CFR 391.41", Since = Instant, DueOn = Day, Remedy = "renew", Audience = Audience.Medical }],
        NextTransitionAt = Instant,
        NextStatus = ComplianceStatus.Red,
        Transitions = [new(Instant, ComplianceStatus.Red)],
        PolicyVersion = 3,
    };

    private static readonly PlaceOrder Order = new()
    {
        Employee = Employee,
        Vendor = "checkr",
        Product = "driver_pro",
        Item = "background-check",
        ServiceDays = 7,
        Dot = true,
        Audience = Audience.Background,
    };

    public static readonly IReadOnlyDictionary<string, object> All = new Dictionary<string, object>
    {
        ["EmployeeRecord"] = new EmployeeRecord
        {
            Key = Employee,
            Profile = new()
            {
                EmployeeNumber = "E-1",
                GivenName = "Ada",
                FamilyName = "Nowak",
                DateOfBirth = new(1990, 1, 2),
                Email = "a@example.com",
                Phone = "1",
                Site = "dallas",
                Roles = ["driver"],
                DotModes = [DotMode.Fmcsa, DotMode.Uscg],
                HiredOn = Day,
                HomeTerminalTimeZone = "America/Chicago",
                EmploymentEndedOn = Day,
            },
            Assessment = Assessment,
            Revision = 5,
            Waivers = [new() { Requirement = "card", RequestedBy = "a", ApprovedBy = "b", Until = Day }],
        },
        ["ComplianceEvent"] = new ComplianceEvent
        {
            Id = "e",
            Source = "checkr/1",
            Type = EventTypes.BackgroundReport,
            Time = Instant,
            Namespace = StreamNamespaces.Orders,
            Key = Employee.ToString(),
            Data = new()
            {
                SourceKey = "checkr/report/1",
                SourceVersion = 7,
                Item = "background-check",
                Outcome = FactOutcome.Satisfied,
                VendorOutcome = "clear",
                Milestone = "completed",
                ObservedAt = Instant,
                EffectiveOn = Day,
                ExpiresOn = Day,
                ExpectedBy = Instant,
                OrderId = Id,
                Retracted = true,
                Dot = true,
            },
            TraceParent = "00-1-2-01",
            LogPosition = new(4, 99),
        },
        ["PolicyVersion"] = new PolicyVersion
        {
            Version = 3,
            InForceSince = Instant,
            PublishedBy = "me",
            Policy = new()
            {
                Sites = [new() { Code = "dallas", Name = "Dallas", TimeZone = "America/Chicago", Jurisdiction = "US-TX" }],
                Requirements =
                [
                    new()
                    {
                        Code = "card", Title = "medical card", Item = "medical-certificate", Gate = Gate.ByDate, Roles = ["driver"], DotModes = [DotMode.Faa], Sites = ["dallas"],
                        DueDaysAfterHire = 14, ValidForMonths = 24, AmberDays = 45, Functions = ["drive"], Citation = "49 CFR 391.41", Audience = Audience.Medical, Waivable = true,
                        Order = new() { Vendor = "checkr", Product = "p", ServiceDays = 3, Dot = true },
                    },
                ],
                DefaultTimeZone = "UTC",
                CoverageTargetPercent = 90,
                ReviewDueOn = Day,
            },
        },
        ["OrderRecord"] = new OrderRecord
        {
            Key = new(new("acme"), Id),
            Order = Order,
            PlacedAt = Instant,
            Outcome = FactOutcome.AwaitingReview,
            Milestones = [new("invitation-sent", Instant)],
            Assessment = Assessment,
            Revision = 2,
        },
        ["AuditEntry"] = new AuditEntry
        {
            Id = Id,
            Timestamp = Instant,
            TenantId = "acme",
            UserId = "me",
            UserRole = "Auditor",
            Action = AuditAction.StatusChanged,
            Resource = "employees",
            ResourceId = "1",
            IpAddress = "::1",
            UserAgent = "u",
            RequestId = "r",
            Details = "{}",
            Success = true,
            ErrorCode = "GRID-1008",
            DurationMs = 12,
        },
        ["AuditEntryWithPersonalDetail"] = new AuditEntry
        {
            Id = Id,
            Timestamp = Instant,
            TenantId = "acme",
            UserId = "me",
            UserRole = "Auditor",
            Action = AuditAction.Update,
            Resource = "employees",
            Success = true,
            PersonId = Id.ToString(),
            Personal = """{"before":{},"after":{}}""",
        },
        ["AuditEntryWithSealedDetail"] = new AuditEntry
        {
            Id = Id,
            Timestamp = Instant,
            TenantId = "acme",
            UserId = "me",
            UserRole = "Auditor",
            Action = AuditAction.Update,
            Resource = "employees",
            Success = true,
            PersonId = Id.ToString(),
            Sealed = [1, 2, 3],
        },
        ["SessionRecord"] = new SessionRecord
        {
            Key = new(new("acme"), Id),
            Start = new() { Account = Id, Privileged = true, ClientId = "web", IpAddress = "::1", UserAgent = "u" },
            StartedAt = Instant,
            LastActivityAt = Instant.AddMinutes(1),
            EndsAt = Instant.AddHours(1),
            Ended = new(Instant.AddMinutes(2), SessionEndReason.TokenReused),
        },
        ["PolicyRecord"] = new PolicyRecord
        {
            Tenant = new("acme"),
            InForce = new() { Version = 3, InForceSince = Instant, PublishedBy = "me", Policy = new() { Sites = [], Requirements = [], DefaultTimeZone = "UTC", AsksPurposeOfUse = true, PasskeysOnly = true } },
            Assessment = Assessment,
            History = [new(2, Instant, "you")],
        },
        ["ParkedEvent"] = new ParkedEvent { Id = Id, EventId = "e", Subject = "compliance acme/1", Attempts = 5, Reason = "GRID-1019", ParkedAt = Instant },
        ["Clearance"] = new Clearance { Allowed = true, Function = WorkFunctions.Drive, At = Instant, Reasons = Assessment.Reasons, PolicyVersion = 3 },
        ["RateAsk"] = new RateAsk { Holder = Id, Limit = 100, Window = TimeSpan.FromMinutes(1), Number = 7, Held = 5, UpTo = 20 },
        ["RateGrant"] = new RateGrant(7, TimeSpan.FromSeconds(30), 20, 60),
        ["StartSession"] = new StartSession { Account = Id, Privileged = true, ClientId = "web", IpAddress = "::1", UserAgent = "u", SignedInAt = Instant },
        ["GridException"] = new GridException(GridError.PreconditionFailed, "The record has changed."),
        ["SignInTicket"] = new SignInTicket(Instant, true),
        ["SignInOutcome"] = new SignInOutcome(true, Instant),
        ["SealedPersonal"] = new SealedPersonal(Id, "p", [1, 2, 3]),
    };
}
