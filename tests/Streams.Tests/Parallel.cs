[assembly: CollectionBehavior(MaxParallelThreads = 4)] // these tests wait for brokers and clocks more than they compute
