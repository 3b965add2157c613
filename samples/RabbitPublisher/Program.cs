// Publishes the lines of its input; a line is said to be published only after the broker has confirmed it:
//   dotnet run --project samples/RabbitPublisher -- amqp://guest:guest@localhost/ lines
using System.Text;
using LifecycleAnalyzers.Samples.RabbitPublisher;

if (args.Length != 2)
{
    Console.Error.WriteLine("Usage: RabbitPublisher BROKER-URI QUEUE");
    return 2;
}

await using var publisher = new Publisher(new Uri(args[0]), args[1]);
var lost = 0;
while (await Console.In.ReadLineAsync() is { } line)
{
    var result = await publisher.TryPublishAsync(Encoding.UTF8.GetBytes(line));
    Console.WriteLine($"{result}: {line}");
    lost += result.IsSent ? 0 : 1;
}

return lost == 0 ? 0 : 1;
