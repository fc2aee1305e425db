using System.Net;
using System.Text;
using ComplianceGrid.Api.Tests.Hosting;

namespace ComplianceGrid.Api.Tests.Employees;

[Collection(ApiCollection.Name)]
public sealed class EmployeeApiTests(ApiFixture fixture)
{
    private const string Tenant = "globex";
    private readonly HttpClient _client = fixture.Api.Client;

    internal static Dictionary<string, object?> Body(string number = "E-1") => new()
    {
        ["employeeNumber"] = number,
        ["givenName"] = "Ada",
        ["familyName"] = "Nowak",
        ["dateOfBirth"] = "1990-04-12",
        ["site"] = "dallas",
        ["roles"] = new[] { "driver" },
        ["hiredOn"] = "2026-03-02",
    };

    private Task<string> Manager(string tenant = Tenant) => fixture.Api.TokenAsync(tenant, ["ComplianceManager"]);

    private async Task<(string Path, string ETag, string Token)> HiredAsync()
    {
        var token = await Manager();
        var answer = await _client.SendAsync(token, HttpMethod.Post, "/api/employees", Body());
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        return (answer.Headers.Location!.ToString(), answer.Headers.ETag!.ToString(), token);
    }

    [Fact]
    public async Task A_hire_is_created_and_read_back()
    {
        var (path, _, token) = await HiredAsync();
        var read = await _client.SendAsync(token, HttpMethod.Get, path);
        var employee = await read.JsonAsync();
        Assert.Equal("Nowak", employee.GetProperty("familyName").GetString());
        Assert.Equal("1990-04-12", employee.GetProperty("dateOfBirth").GetString());
        Assert.Equal("red", employee.GetProperty("status").GetString());

        var again = await _client.SendAsync(token, HttpMethod.Get, path, header: ("If-None-Match", read.Headers.ETag!.ToString()));
        Assert.Equal(HttpStatusCode.NotModified, again.StatusCode);
        Assert.Empty(await again.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_retried_hire_creates_one()
    {
        var token = await Manager();
        var first = await _client.SendAsync(token, HttpMethod.Post, "/api/employees", Body(), header: ("Idempotency-Key", "row-17"));
        var second = await _client.SendAsync(token, HttpMethod.Post, "/api/employees", Body(), header: ("Idempotency-Key", "row-17"));
        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.Created), (first.StatusCode, second.StatusCode));
        Assert.Equal(first.Headers.Location, second.Headers.Location);
        var other = await _client.SendAsync(token, HttpMethod.Post, "/api/employees", Body("E-2"), header: ("Idempotency-Key", "row-17"));
        await other.RefusedAsync(HttpStatusCode.Conflict, GridError.AlreadyExists);
    }

    [Fact]
    public async Task The_callers_own_id_is_kept()
    {
        var (token, id) = (await Manager(), Guid.CreateVersion7(TimeProvider.System.GetUtcNow()));
        var body = Body();
        body["id"] = id;
        Assert.Equal($"/api/employees/{id}", (await _client.SendAsync(token, HttpMethod.Post, "/api/employees", body)).Headers.Location!.ToString());
        Assert.Equal(HttpStatusCode.Created, (await _client.SendAsync(token, HttpMethod.Post, "/api/employees", body)).StatusCode);
    }

    [Fact]
    public async Task A_change_needs_the_etag_that_was_seen()
    {
        var (path, etag, token) = await HiredAsync();
        await (await _client.SendAsync(token, HttpMethod.Put, path, Body())).RefusedAsync((HttpStatusCode)428, GridError.PreconditionRequired);
        await (await _client.SendAsync(token, HttpMethod.Put, path, Body(), "not a tag")).RefusedAsync(HttpStatusCode.BadRequest, GridError.Malformed);
        await (await _client.SendAsync(token, HttpMethod.Put, path, Body(), "\"77-0\"")).RefusedAsync(HttpStatusCode.PreconditionFailed, GridError.PreconditionFailed);
        await (await _client.SendAsync(token, HttpMethod.Put, path, Body(), "W/" + etag)).RefusedAsync(HttpStatusCode.PreconditionFailed, GridError.PreconditionFailed);

        var changed = Body();
        changed["site"] = "reno";
        var answer = await _client.SendAsync(token, HttpMethod.Put, path, changed, etag);
        Assert.Equal("reno", (await answer.JsonAsync()).GetProperty("site").GetString());
        await (await _client.SendAsync(token, HttpMethod.Put, path, changed, etag)).RefusedAsync(HttpStatusCode.PreconditionFailed, GridError.PreconditionFailed);
        Assert.Equal(HttpStatusCode.OK, (await _client.SendAsync(token, HttpMethod.Put, path, changed, "\"1-0\", " + answer.Headers.ETag)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await _client.SendAsync(token, HttpMethod.Put, path, changed, "*")).StatusCode);
    }

    [Fact]
    public async Task Employment_ends_and_the_record_closes()
    {
        var (path, etag, token) = await HiredAsync();
        await (await _client.SendAsync(token, HttpMethod.Delete, path)).RefusedAsync((HttpStatusCode)428, GridError.PreconditionRequired);
        await (await _client.SendAsync(token, HttpMethod.Delete, path + "?lastDay=yesterday", ifMatch: etag)).RefusedAsync(HttpStatusCode.UnprocessableEntity, GridError.Invalid);
        var ended = await _client.SendAsync(token, HttpMethod.Delete, path + "?lastDay=2026-09-30", ifMatch: etag);
        Assert.Equal("2026-09-30", (await ended.JsonAsync()).GetProperty("employmentEndedOn").GetString());
        await (await _client.SendAsync(token, HttpMethod.Put, path, Body(), ended.Headers.ETag!.ToString())).RefusedAsync(HttpStatusCode.Conflict, GridError.EmploymentEnded);
    }

    [Fact]
    public async Task A_waivers_approver_is_the_caller()
    {
        var (path, etag, token) = await HiredAsync();
        await (await _client.SendAsync(token, HttpMethod.Post, path + "/waivers", new { requirement = "forklift", requestedBy = Calls.SubjectOf(token), until = "2026-06-30" }, etag))
            .RefusedAsync(HttpStatusCode.UnprocessableEntity, GridError.Invalid);
        var answer = await _client.SendAsync(token, HttpMethod.Post, path + "/waivers", new { requirement = "forklift", requestedBy = "sam", until = "2026-06-30" }, etag);
        Assert.Equal(Calls.SubjectOf(token), (await answer.JsonAsync()).GetProperty("waivers")[0].GetProperty("approvedBy").GetString());
    }

    [Fact]
    public async Task Another_tenants_record_reads_like_none()
    {
        var (path, etag, _) = await HiredAsync();
        var stranger = await Manager("initech");
        var theirs = await _client.SendAsync(stranger, HttpMethod.Get, path);
        await theirs.RefusedAsync(HttpStatusCode.NotFound, GridError.NotFound);
        Assert.DoesNotContain("Nowak", await theirs.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        await (await _client.SendAsync(stranger, HttpMethod.Put, path, Body(), etag)).RefusedAsync(HttpStatusCode.NotFound, GridError.NotFound);
        await (await _client.SendAsync(stranger, HttpMethod.Delete, path, ifMatch: etag)).RefusedAsync(HttpStatusCode.NotFound, GridError.NotFound);
        Assert.False((await (await _client.SendAsync(stranger, HttpMethod.Get, path + "/clearance?function=work")).JsonAsync()).GetProperty("allowed").GetBoolean());
        var none = await (await _client.SendAsync(stranger, HttpMethod.Get, "/api/employees?limit=200")).JsonAsync();
        Assert.Equal(0, none.GetProperty("items").GetArrayLength());
    }

    [Theory]
    [InlineData("""{"employeeNumber":"E","givenName":"A","familyName":"B","site":"s","roles":[],"hiredOn":"2026-01-01","salary":1}""", 400)]
    [InlineData("""{"employeeNumber":"E","employeeNumber":"F","givenName":"A","familyName":"B","site":"s","roles":[],"hiredOn":"2026-01-01"}""", 400)]
    [InlineData("""{"employeeNumber":1,"givenName":"A","familyName":"B","site":"s","roles":[],"hiredOn":"2026-01-01"}""", 400)]
    [InlineData("""{"EmployeeNumber":"E","givenName":"A","familyName":"B","site":"s","roles":[],"hiredOn":"2026-01-01"}""", 400)]
    [InlineData("""{"employeeNumber":null,"givenName":"A","familyName":"B","site":"s","roles":[],"hiredOn":"2026-01-01"}""", 400)]
    [InlineData("""{"employeeNumber":"E","givenName":"A","familyName":"B","site":"s","roles":[],"hiredOn":"2026-02-30"}""", 400)]
    [InlineData("""{"employeeNumber":"E","givenName":"A","familyName":"B","site":"s","roles":[],"hiredOn":"2026-01-01","dotModes":["nasa"]}""", 400)]
    [InlineData("""{"employeeNumber":"E","givenName":"A","familyName":"B","site":"s","roles":[],"hiredOn":"2026-01-01","dotModes":[0]}""", 400)]
    [InlineData("""{"employeeNumber":"E","givenName":"\ud800","familyName":"B","site":"s","roles":[],"hiredOn":"2026-01-01"}""", 400)]
    [InlineData("""{"employeeNumber":"E","givenName":"A\u0000","familyName":"B","site":"s","roles":[],"hiredOn":"2026-01-01"}""", 422)]
    [InlineData("""{"employeeNumber":"E","givenName":"A","familyName":"B","site":"s","roles":[null],"hiredOn":"2026-01-01"}""", 422)]
    [InlineData("""{"employeeNumber":"E","givenName":"A","familyName":"B","site":"a site","roles":[],"hiredOn":"2026-01-01"}""", 422)]
    [InlineData("""{"employeeNumber":"E","givenName":"A","familyName":"B","site":"s","roles":[],"hiredOn":"1026-01-01"}""", 422)]
    [InlineData("""{"employeeNumber":"E","givenName":"A","familyName":"B","site":"s","roles":[],"hiredOn":"2026-01-01","homeTerminalTimeZone":"Mars/Base"}""", 422)]
    [InlineData("", 400)]
    [InlineData("null", 400)]
    [InlineData("[1", 400)]
    public async Task A_body_is_taken_exactly_or_not_at_all(string json, int status)
    {
        var content = new StringContent(json, Encoding.UTF8, "application/json");
        await (await _client.SendAsync(await Manager(), HttpMethod.Post, "/api/employees", content))
            .RefusedAsync((HttpStatusCode)status, status == 400 ? GridError.Malformed : GridError.Invalid);
    }

    [Fact]
    public async Task Size_type_method_and_address_are_refused_each_in_its_way()
    {
        var token = await Manager();
        var large = new StringContent("{\"employeeNumber\":\"" + new string('x', 20_000) + "\"}", Encoding.UTF8, "application/json");
        await (await _client.SendAsync(token, HttpMethod.Post, "/api/employees", large)).RefusedAsync(HttpStatusCode.RequestEntityTooLarge, GridError.TooLarge);
        var xml = new StringContent("<employee/>", Encoding.UTF8, "application/xml");
        await (await _client.SendAsync(token, HttpMethod.Post, "/api/employees", xml)).RefusedAsync(HttpStatusCode.UnsupportedMediaType, GridError.UnsupportedMediaType);
        await (await _client.SendAsync(token, HttpMethod.Patch, "/api/employees")).RefusedAsync(HttpStatusCode.MethodNotAllowed, GridError.MethodNotAllowed);
        await (await _client.SendAsync(token, HttpMethod.Get, "/api/unknown")).RefusedAsync(HttpStatusCode.NotFound, GridError.NotFound);
        await (await _client.SendAsync(token, HttpMethod.Get, "/api/employees/not-an-id")).RefusedAsync(HttpStatusCode.NotFound, GridError.NotFound);
    }

    [Theory]
    [InlineData("ComplianceManager", "Everyone,Background")]
    [InlineData("DesignatedEmployerRepresentative", "Everyone,DrugAndAlcohol,Background")]
    [InlineData("MedicalReviewOfficer", "Everyone,DrugAndAlcohol,Medical")]
    [InlineData("Supervisor", "Everyone")]
    public async Task Reasons_are_shown_to_their_audience_only(string role, string audiences)
    {
        var (path, _, _) = await HiredAsync();
        var token = await fixture.Api.TokenAsync(Tenant, [role]);
        var text = await (await _client.SendAsync(token, HttpMethod.Get, path)).Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        foreach (var audience in Enum.GetNames<Status.Audience>())
            Assert.Equal(audiences.Split(',').Contains(audience), text.Contains($"words for {audience}") || text.Contains($"secret-{audience}"));
        Assert.Contains("ask the designated employer representative", text);
        Assert.Equal(1, System.Text.RegularExpressions.Regex.Count(text, "GRID-2090"));
    }
}
