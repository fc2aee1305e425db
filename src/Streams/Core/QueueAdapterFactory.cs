using ComplianceGrid.Streams.Core.Failures;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Streams;

namespace ComplianceGrid.Streams.Core;

internal sealed class QueueAdapterFactory(string name, IServiceProvider services) : IQueueAdapterFactory
{
    private readonly QueueMapper _mapper = new(name, services.GetRequiredKeyedService<IStreamTransport>(name));

    public static IQueueAdapterFactory Create(IServiceProvider services, string name) => new QueueAdapterFactory(name, services);

    public Task<IQueueAdapter> CreateAdapter() => Task.FromResult<IQueueAdapter>(services.GetRequiredKeyedService<QueueAdapter>(name));

    public IQueueAdapterCache GetQueueAdapterCache() => services.GetRequiredKeyedService<LiveQueues>(name);

    public IStreamQueueMapper GetStreamQueueMapper() => _mapper;

    public Task<IStreamFailureHandler> GetDeliveryFailureHandler(QueueId queueId) => Task.FromResult<IStreamFailureHandler>(
        ActivatorUtilities.CreateInstance<DeliveryFailureHandler>(services, QueueMapper.NumberOf(queueId),
            services.GetRequiredKeyedService<LiveQueues>(name), services.GetRequiredKeyedService<FailureSettler>(name)));
}
