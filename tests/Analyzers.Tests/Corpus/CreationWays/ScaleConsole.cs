// A weighing console: top-level statements, a serial scale and a link to the till.
using System.IO.Ports;
using Ways.Scales;

var portName = args is [var first, ..] ? first : "COM3";
var (baud, timeout) = args is [_, var speed, ..] ? (int.Parse(speed), 500) : (9600, 1_000);

using CancellationTokenSource stop = new(TimeSpan.FromSeconds(30));
using var late = new SerialPort(portName, baud) { ReadTimeout = timeout };
late.Open(); //! LCA1001
late.ErrorReceived += (_, e) => Console.Error.WriteLine($"scale: {e.EventType}");

using SerialPort early = new("COM4", baud) { ReadTimeout = timeout };
early.ErrorReceived += Report;
early.Open();

await using (var till = new TillLink(new("till-1", 9001)))
{
    till.Faulted += static (_, reason) => Console.Error.WriteLine(reason);
    await till.OpenAsync(stop.Token);
    await till.SendAsync(new byte[] { 1 }, stop.Token);
}

foreach (var till in Enumerable.Range(2, 3).Select(n => new TillLink(new($"till-{n}", 9001))))
{
    await till.OpenAsync(stop.Token); //! LCA1001
    till.Faulted += (sender, reason) => Console.Error.WriteLine($"{sender}: {reason}");
    TillDesk.Keep(till);
}

Console.WriteLine(late.ReadExisting());
Console.WriteLine(early.ReadExisting());

static void Report(object sender, SerialErrorReceivedEventArgs e) => Console.Error.WriteLine($"{((SerialPort)sender).PortName}: {e.EventType}");
