using LifecycleAnalyzers.Testing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace LifecycleAnalyzers.Tests;

/// <summary>A library with connections by convention, as a reference: its code cannot be seen.</summary>
internal static class WireLibrary
{
    private const string Source = """
        using System;
        using System.Collections.Generic;
        using System.Threading;
        using System.Threading.Tasks;

        namespace Wires;

        public enum WireState { None, Opening, Open, Closing, Closed, Faulted }

        public class WireClient : IDisposable, IAsyncDisposable
        {
            public WireClient() { }
            public WireClient(string address) { }
            public event EventHandler? Error { add { } remove { } }
            public event EventHandler? Opened { add { } remove { } }
            public event EventHandler? Closed { add { } remove { } }
            public event EventHandler<string>? Received { add { } remove { } }
            public bool IsOpen => true;
            public bool IsClosed => false;
            public WireState State => WireState.Open;
            public WireClient? Next => null;
            public string Address { get; set; } = "";
            public void Open() { }
            public Task OpenAsync(CancellationToken stop = default) => Task.CompletedTask;
            public void Send(string text) { }
            public Task SendAsync(string text, CancellationToken stop = default) => Task.CompletedTask;
            public bool TrySend(string text) => true;
            public Task<string> ReceiveAsync(CancellationToken stop = default) => Task.FromResult("");
            public void Close() { }
            public void Dispose() { }
            public ValueTask DisposeAsync() => default;
        }

        public interface IWireSession : IDisposable
        {
            event EventHandler? Error;
            bool IsOpen { get; }
            WireState State { get; }
            void Open();
            void Send(string text);
            Task SendAsync(string text);
            void Close();
        }

        public static class Wire
        {
            public static IWireSession Create() => null!;
            public static WireClient Connect(string address) => new();
            public static bool Any() => true;
            public static int Count() => 0;
            public static void Use(object? value) { }
            public static void Fill(ref WireClient client) { }
            public static bool TryMake(out WireClient client) { client = new(); return true; }
        }
        """;

    private static readonly Lazy<MetadataReference> _reference = new(() =>
    {
        var library = CSharpCompilation.Create(
            "Wires",
            [Compiled.Parse("Wires.cs", Source)],
            ReferenceAssemblies.Net100.References,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));
        using var image = new MemoryStream();
        var result = library.Emit(image);
        Assert.True(result.Success, string.Join("\n", result.Diagnostics));
        return MetadataReference.CreateFromImage(image.ToArray());
    });

    public static MetadataReference Reference => _reference.Value;
}
