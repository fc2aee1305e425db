namespace ComplianceGrid.Storage.Projections.Reads;

/// <summary>
/// The statements of <see cref="EmployeeReads"/>, put together at compile time. Parameters: $1 tenant, $2 instant, $3 limit,
/// $4 sort name, $5 hire date and $6 id of the row before the page, $7 status, $8 site, $9 role, $10 first name not below the
/// prefix, $11 bound above it, $12 hired from, $13 hired to, $14 employed, $15 the sites that the
/// reader may see.
/// Only leakproof operators stand beside row-level security on the way to an index: comparisons of text, uuid, date, timestamptz.
/// </summary>
internal static class EmployeeSql
{
    private const string Columns = """
        employee_id, employee_number, given_name, family_name, sort_name, site, roles, hired_on, employment_ended_on,
        status, transition_at, transition_status, next_transition_at, reasons, revision
        """;

    private const string Filters = """
        ($8::text IS NULL OR site = $8) AND ($9::text IS NULL OR $9 = ANY (roles))
        AND ($10::text IS NULL OR sort_name >= $10) AND ($11::text IS NULL OR sort_name < $11)
        AND ($12::date IS NULL OR hired_on >= $12) AND ($13::date IS NULL OR hired_on <= $13)
        AND ($14::boolean IS NULL OR (employment_ended_on IS NULL) = $14) AND ($15::text[] IS NULL OR site = ANY ($15))
        """;

    // Whose stored colour still holds, and whose time has passed: few, while the sweep runs. Each half has its index.
    private const string Holds = "status = $7 AND (next_transition_at IS NULL OR next_transition_at > $2)";
    private const string Passed = $"next_transition_at <= $2 AND {StatusSql.At} = $7";

    private const string From = $"SELECT {Columns} FROM grid.employee WHERE tenant_id = $1 AND {Filters}";

    private const string NameUp = "(sort_name, employee_id) > ($4, $6) ORDER BY sort_name, employee_id LIMIT $3";
    private const string NameDown = "(sort_name, employee_id) < ($4, $6) ORDER BY sort_name DESC, employee_id DESC LIMIT $3";
    private const string HiredUp = "(hired_on, employee_id) > ($5, $6) ORDER BY hired_on, employee_id LIMIT $3";
    private const string HiredDown = "(hired_on, employee_id) < ($5, $6) ORDER BY hired_on DESC, employee_id DESC LIMIT $3";

    private const string OrderNameUp = "ORDER BY sort_name, employee_id LIMIT $3";
    private const string OrderNameDown = "ORDER BY sort_name DESC, employee_id DESC LIMIT $3";
    private const string OrderHiredUp = "ORDER BY hired_on, employee_id LIMIT $3";
    private const string OrderHiredDown = "ORDER BY hired_on DESC, employee_id DESC LIMIT $3";

    public const string ByName = $"{From} AND {NameUp}";
    public const string ByNameDown = $"{From} AND {NameDown}";
    public const string ByHired = $"{From} AND {HiredUp}";
    public const string ByHiredDown = $"{From} AND {HiredDown}";

    public const string StatusByName =
        $"SELECT * FROM (({From} AND {Holds} AND {NameUp}) UNION ALL ({From} AND {Passed} AND {NameUp})) AS page {OrderNameUp}";

    public const string StatusByNameDown =
        $"SELECT * FROM (({From} AND {Holds} AND {NameDown}) UNION ALL ({From} AND {Passed} AND {NameDown})) AS page {OrderNameDown}";

    public const string StatusByHired =
        $"SELECT * FROM (({From} AND {Holds} AND {HiredUp}) UNION ALL ({From} AND {Passed} AND {HiredUp})) AS page {OrderHiredUp}";

    public const string StatusByHiredDown =
        $"SELECT * FROM (({From} AND {Holds} AND {HiredDown}) UNION ALL ({From} AND {Passed} AND {HiredDown})) AS page {OrderHiredDown}";
}
