// One server at a time: each of them wants the machine for itself while it starts.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
