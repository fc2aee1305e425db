using System.Net;
using ComplianceGrid.ServiceDefaults.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Polly.CircuitBreaker;
using Polly.Timeout;

namespace ComplianceGrid.ServiceDefaults.Tests.Http;

public sealed class ResilienceTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_get_is_tried_three_times()
    {
        await using var vendor = new Vendor(HttpStatusCode.BadGateway);

        var response = await vendor.Client.GetAsync("/report", Ct);

        Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
        Assert.Equal(3, vendor.Calls);
    }

    [Fact]
    public async Task A_failure_that_passes_is_not_seen()
    {
        await using var vendor = new Vendor(HttpStatusCode.TooManyRequests, HttpStatusCode.ServiceUnavailable, HttpStatusCode.OK);

        var response = await vendor.Client.GetAsync("/report", Ct);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(3, vendor.Calls);
    }

    [Theory, InlineData(HttpStatusCode.BadRequest), InlineData(HttpStatusCode.NotFound), InlineData(HttpStatusCode.Unauthorized)]
    public async Task What_will_not_pass_is_not_repeated(HttpStatusCode status)
    {
        await using var vendor = new Vendor(status);

        await vendor.Client.GetAsync("/report", Ct);

        Assert.Equal(1, vendor.Calls);
    }

    [Theory, InlineData("POST"), InlineData("PUT"), InlineData("PATCH"), InlineData("DELETE")]
    public async Task An_unsafe_method_is_repeated_only_with_an_idempotency_key(string method)
    {
        await using var vendor = new Vendor(HttpStatusCode.BadGateway);

        await vendor.Client.SendAsync(new(new(method), "/orders"), Ct);
        Assert.Equal(1, vendor.Calls);

        await vendor.Client.SendAsync(new(new(method), "/orders") { Headers = { { "Idempotency-Key", "order-1" } } }, Ct);
        Assert.Equal(1 + 3, vendor.Calls);
    }

    [Fact]
    public async Task The_breaker_opens_at_five_failures_and_lets_one_through_after_thirty_seconds()
    {
        await using var vendor = new Vendor(HttpStatusCode.BadGateway);
        for (var i = 0; i < 5; i++) await vendor.PostAsync(Ct);
        Assert.Equal(5, vendor.Calls);

        await Assert.ThrowsAsync<BrokenCircuitException>(() => vendor.PostAsync(Ct));
        vendor.Time.Advance(TimeSpan.FromSeconds(29));
        await Assert.ThrowsAsync<BrokenCircuitException>(() => vendor.PostAsync(Ct));
        Assert.Equal(5, vendor.Calls);

        vendor.Time.Advance(TimeSpan.FromSeconds(2));
        vendor.Answer(HttpStatusCode.OK);
        Assert.Equal(HttpStatusCode.OK, (await vendor.PostAsync(Ct)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await vendor.PostAsync(Ct)).StatusCode);
        Assert.Equal(7, vendor.Calls);
    }

    [Fact]
    public async Task Slow_down_opens_no_breaker()
    {
        await using var vendor = new Vendor(HttpStatusCode.TooManyRequests);

        for (var i = 0; i < 10; i++) await vendor.PostAsync(Ct);

        Assert.Equal(10, vendor.Calls);
    }

    [Fact]
    public async Task One_try_ends_after_ten_seconds()
    {
        await using var vendor = new Vendor { Hangs = true };

        var call = vendor.PostAsync(Ct);
        await vendor.Called.WaitAsync(Ct);
        vendor.Time.Advance(TimeSpan.FromSeconds(9.9));
        Assert.False(call.IsCompleted);
        vendor.Time.Advance(TimeSpan.FromSeconds(0.2));

        await Assert.ThrowsAsync<TimeoutRejectedException>(() => call);
    }

    private sealed class VendorClient(HttpClient http)
    {
        public HttpClient Http => http;
    }

    /// <summary>A vendor that answers what it is told, the last answer for ever; behind the real client registration.</summary>
    private sealed class Vendor : HttpMessageHandler, IAsyncDisposable
    {
        private readonly ServiceProvider services;
        private HttpStatusCode[] answers;
        private int next;

        public Vendor(params HttpStatusCode[] answers)
        {
            this.answers = answers;
            var collection = new ServiceCollection();
            collection.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection([
                new("HttpClients:vendor:BaseAddress", "http://vendor.test"), new("HttpClients:vendor:FirstDelaySeconds", "0")]).Build());
            collection.AddSingleton<TimeProvider>(Time);
            collection.AddLogging();
            collection.AddGridHttpClient<VendorClient>("vendor").ConfigurePrimaryHttpMessageHandler(() => this);
            services = collection.BuildServiceProvider();
        }

        public FakeTimeProvider Time { get; } = new();
        public SemaphoreSlim Called { get; } = new(0);
        public bool Hangs { get; init; }
        public int Calls { get; private set; }
        public HttpClient Client => services.GetRequiredService<VendorClient>().Http;

        public void Answer(params HttpStatusCode[] answers) => (this.answers, next) = (answers, 0);

        public Task<HttpResponseMessage> PostAsync(CancellationToken ct) => Client.PostAsync("/orders", null, ct);

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Calls++;
            Called.Release();
            if (Hangs) await Task.Delay(Timeout.Infinite, cancellationToken);
            return new HttpResponseMessage(answers[Math.Min(next++, answers.Length - 1)]);
        }

        public ValueTask DisposeAsync() => services.DisposeAsync();
    }
}
