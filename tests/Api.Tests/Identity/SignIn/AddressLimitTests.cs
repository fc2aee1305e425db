using System.Net;
using System.Net.Http.Json;
using ComplianceGrid.Api.Tests.Hosting;
using ComplianceGrid.Storage.Audit;
using ComplianceGrid.Storage.GrainState;
using ComplianceGrid.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Orleans.Configuration;

namespace ComplianceGrid.Api.Tests.Identity.SignIn;

/// <summary>Failed tries of one address, over two Api processes before a grid with the limits that ship.</summary>
[Collection(ApiCollection.Name)]
public sealed class AddressLimitTests(ApiFixture fixture, RealGridFixture grid) : IClassFixture<RealGridFixture>
{
    [Fact]
    public async Task After_a_hundred_failures_over_both_processes_the_address_waits_even_with_the_right_password_and_others_do_not()
    {
        var ct = TestContext.Current.CancellationToken;
        var person = await Person.EnrolledAsync(grid, "right@address.example", "sign-in-address");
        await using var audit = NpgsqlDataSource.Create(fixture.Reads.Database.Audit(GridRole.AuditWriter));
        using var silo = await fixture.StartSiloAsync("address", builder =>
        {
            builder.Services.AddAuditStore(_ => audit);
            builder.Services.AddFileMasterKey(fixture.SiloKeyFile);
            builder.AddGridStorage(options => options.ConnectionString = fixture.Reads.Database.Grid(GridRole.Silo))
                .AddGridGrains()
                .Configure<GrainTypeOptions>(types => types.Classes.RemoveWhere(type => type.Assembly == typeof(RealGridFixture).Assembly));
        });
        var settings = fixture.Settings(cluster: "address");
        settings["Edge:Proxies:0"] = "127.0.0.1";
        settings["Edge:Proxies:1"] = "::1";
        settings["SecondFactors:KeyFile"] = fixture.MasterKeyFile; // keys the hashes of addresses: the same in both
        await using var one = new ApiHost(settings);
        await using var other = new ApiHost(settings);
        await Eventually.TrueAsync(async () => (await one.Client.GetAsync("/health/ready", ct)).IsSuccessStatusCode && (await other.Client.GetAsync("/health/ready", ct)).IsSuccessStatusCode, "both are ready", ct);

        for (var n = 0; n < 100; n++)
        {
            var answer = await LoginAsync(n % 2 == 0 ? one : other, "192.0.2.1", $"nobody-{n}@address.example", "wrong all the time");
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        }

        foreach (var host in new[] { one, other })
        {
            var refused = await LoginAsync(host, "192.0.2.1", person.Email, Person.Password);
            await refused.RefusedAsync(HttpStatusCode.TooManyRequests, GridError.TooManyRequests);
            Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value, TimeSpan.FromMinutes(13), TimeSpan.FromMinutes(16));
            Assert.Contains("network address", await refused.Content.ReadAsStringAsync(ct));
        }

        Assert.Equal(HttpStatusCode.OK, (await LoginAsync(one, "192.0.2.2", person.Email, Person.Password)).StatusCode); // a rate limit of an address, no lock of the name
        await silo.StopAsync(ct);
    }

    private static async Task<HttpResponseMessage> LoginAsync(ApiHost host, string address, string email, string password)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/auth/login") { Content = JsonContent.Create(new { email, password }) };
        request.Headers.Add("X-Forwarded-For", address);
        return await host.Client.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
