using ComplianceGrid.ServiceDefaults.Configuration;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting.Internal;

namespace ComplianceGrid.ServiceDefaults.Tests.Configuration;

public sealed class GridConfigurationTests
{
    [Fact]
    public async Task The_named_file_wins_over_what_came_before()
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, """{ "Urls": "http://127.0.0.1:5081", "Orleans": { "ClusterId": "blue" } }""", TestContext.Current.CancellationToken);
        try
        {
            var configuration = new ConfigurationBuilder()
                .AddInMemoryCollection([new("Orleans:ClusterId", "green"), new("Orleans:ServiceId", "grid")]);
            configuration.AddGridConfigFile(file);
            var built = configuration.Build();

            Assert.Equal("blue", built["Orleans:ClusterId"]);
            Assert.Equal("grid", built["Orleans:ServiceId"]);
            Assert.Equal("http://127.0.0.1:5081", built["Urls"]);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void A_named_file_that_is_not_there_stops_the_start()
    {
        var configuration = new ConfigurationBuilder();
        Assert.Throws<FileNotFoundException>(() =>
        {
            configuration.AddGridConfigFile("/nowhere/grid.json");
            configuration.Build();
        });
    }

    [Fact]
    public void Without_a_name_nothing_is_added()
    {
        var configuration = new ConfigurationBuilder();
        configuration.AddGridConfigFile(null);
        Assert.Empty(configuration.Sources);
    }

    [Theory, InlineData("Development", true), InlineData("Production", false), InlineData("Staging", false)]
    public void A_development_feature_refuses_to_start_elsewhere(string environment, bool starts)
    {
        var host = new HostingEnvironment { EnvironmentName = environment };
        void Start() => host.EnsureDevelopment("The development inbox");
        if (starts) Start();
        else Assert.Contains(environment, Assert.Throws<InvalidOperationException>(Start).Message);
    }
}
