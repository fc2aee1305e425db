using System.Diagnostics.Metrics;

namespace ComplianceGrid.Silo.Tests.Hosting;

internal static class Gauges
{
    /// <summary>What the gauges of these meters show now, or one of them; empty when it shows nothing.</summary>
    public static List<double> Read(IMeterFactory meters, string? name = null)
    {
        List<double> measured = [];
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument.Meter.Scope == meters && (name ?? instrument.Name) == instrument.Name) l.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<int>((_, value, _, _) => measured.Add(value));
        listener.SetMeasurementEventCallback<double>((_, value, _, _) => measured.Add(value));
        listener.Start();
        listener.RecordObservableInstruments();
        return measured;
    }
}
