namespace ComplianceGrid.Status;

/// <summary>Ordered by severity: the overall status is the greatest.</summary>
public enum ComplianceStatus { Green = 0, Amber = 1, Red = 2 }

/// <summary>When an unsatisfied requirement turns the person red: at once, or after its due date.</summary>
public enum Gate { BeforeWork, ByDate }

/// <summary>Who may see a reason's words. Anyone else reads colour, clearance and a referral.</summary>
public enum Audience { Everyone, DrugAndAlcohol, Medical, Background }

/// <summary>
/// Why a requirement is not green (or, for <see cref="Satisfied"/>, that it is). The number is stable
/// (<c>GRID-2xxx</c>); <c>docs/status-codes.md</c> has a section for each.
/// </summary>
public enum ReasonCode
{
    Satisfied = 2000,
    /// <summary>Nothing is on file and nothing is ordered.</summary>
    Missing = 2001,
    /// <summary>Ordered; the result is awaited.</summary>
    Pending = 2002,
    Expired = 2003,
    /// <summary>Expires within the requirement's amber window.</summary>
    Expiring = 2004,
    /// <summary>Under adjudication, dispute or medical review.</summary>
    AwaitingReview = 2005,
    /// <summary>The vendor is past its service time.</summary>
    VendorLate = 2006,
    Failed = 2007,
    /// <summary>A regulation forbids the function until a condition is met.</summary>
    Prohibited = 2008,
    /// <summary>A company rule waived by an approver until a date: amber, never green.</summary>
    Waived = 2009,
    /// <summary>Not yet due, inside its amber window.</summary>
    DueSoon = 2010,
    /// <summary>The due date passed without it.</summary>
    Overdue = 2011,
    /// <summary>Shown in place of a reason that the reader may not see.</summary>
    Referral = 2090,
    /// <summary>No policy is in force, so nothing can be judged: red.</summary>
    NoPolicy = 2091,
    /// <summary>Employment has ended, or never began: red, and no work is cleared.</summary>
    NotEmployed = 2092,
    /// <summary>The function is not one that the policy knows for this person, so nobody can be cleared for it.</summary>
    UnknownFunction = 2093,
    /// <summary>Of a policy: fewer employees are green than its target asks.</summary>
    CoverageBelowTarget = 2094,
}
