using ComplianceGrid.Api.Grid;
using Microsoft.Extensions.Hosting;

namespace ComplianceGrid.Api.Tests.Grid;

public sealed class GridConnectionTests
{
    [Fact]
    public async Task It_counts_once_the_client_has_started_and_while_a_gateway_is_left()
    {
        var connection = new GridConnection();
        IClusterConnectionStatusObserver gateways = connection;
        gateways.NotifyGatewayCountChanged(1, 0, connectionRecovered: false);
        Assert.False(connection.IsConnected); // it does not know the grains yet
        Assert.Equal(GridError.Unavailable, Assert.Throws<GridException>(connection.Require).Error);

        await ((IHostedLifecycleService)connection).StartedAsync(TestContext.Current.CancellationToken);
        Assert.True(connection.IsConnected);
        gateways.NotifyGatewayCountChanged(0, 1, connectionRecovered: false);
        Assert.False(connection.IsConnected);
        gateways.NotifyGatewayCountChanged(1, 0, connectionRecovered: true);
        Assert.True(connection.IsConnected);
        gateways.NotifyClusterConnectionLost();
        Assert.False(connection.IsConnected);
    }
}
