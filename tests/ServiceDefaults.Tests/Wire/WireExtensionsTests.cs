using ComplianceGrid.ServiceDefaults.Wire;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Serialization;
using Polly.Timeout;

namespace ComplianceGrid.ServiceDefaults.Tests.Wire;

public sealed class WireExtensionsTests
{
    /// <summary>As a silo sends it that could place a grain nowhere in time.</summary>
    [Fact]
    public void Who_waited_for_a_grains_place_reads_that_it_was_not_in_time()
    {
        using var silo = Build(host => host.UseOrleans(orleans => orleans.UseLocalhostClustering().UseGridWire(host)));
        using var client = Build(host => host.UseOrleansClient(orleans => orleans.UseLocalhostClustering().UseGridWire(host)));

        var sent = silo.Services.GetRequiredService<Serializer>().SerializeToArray<Exception>(new TimeoutException("no place", new TimeoutRejectedException("in time")));
        var read = client.Services.GetRequiredService<Serializer>().Deserialize<Exception>(sent);

        Assert.Equal("no place", Assert.IsType<TimeoutException>(read).Message);
        Assert.Equal("in time", read.InnerException!.Message);
    }

    private static IHost Build(Action<HostApplicationBuilder> configure)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { EnvironmentName = Environments.Development });
        configure(builder);
        return builder.Build();
    }
}
